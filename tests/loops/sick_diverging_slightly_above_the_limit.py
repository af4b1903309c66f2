import torch

torch.manual_seed(74)
x = torch.linspace(0, 50, 50)
y = 0.5 * x + 2 * torch.randn(50)
lr = 1.22e-3
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
losses = []
for paso in range(30):
    for p in (m, b):
        p.grad = None
    loss = ((m * x + b - y) ** 2).mean()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        m -= lr * m.grad
        b -= lr * b.grad
