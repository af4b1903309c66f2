import torch

torch.manual_seed(313)
x = torch.randn(64, 5)
y = x[:, 0] - x[:, 4]
w = torch.zeros(5, requires_grad=True)
lr = 0.02
losses = []
for step in range(60):
    loss = (x @ w - y).pow(2).mean()
    w.grad = None
    loss.backward()
    with torch.no_grad():
        w.add_(lr * torch.sign(w.grad))
    losses.append(loss.item())
