import torch

x = torch.linspace(-2, 3, 50)
y = torch.where(x > 0, 2 * torch.sqrt(x.clamp(min=0) + 0.5), torch.zeros_like(x))
a = torch.tensor(1.0, requires_grad=True)
c = torch.tensor(0.2, requires_grad=True)
losses = []
for step in range(20):
    y_pred = torch.where(x > 0, a * torch.sqrt(x + c), torch.zeros_like(x))
    loss = torch.nn.functional.mse_loss(y_pred, y)
    loss.backward()
    with torch.no_grad():
        a -= 0.05 * a.grad
        c -= 0.05 * c.grad
    a.grad, c.grad = None, None
    losses.append(loss.item())
