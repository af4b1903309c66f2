import torch

torch.manual_seed(240)
A = torch.rand(60, 5)
y = A @ torch.tensor([1.0, 0.0, 2.0, 0.0, 0.5]) - 0.05
w = torch.full((5,), 0.2, requires_grad=True)
losses = []
for step in range(150):
    loss = (A @ w - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.2 * w.grad
        w.clamp_(min=0.0)
    w.grad = None
    losses.append(loss.item())
