import torch

torch.manual_seed(2)
x = 50 * torch.rand(50)
y = 0.5 * x + 2 * torch.randn(50)

m = torch.tensor(1.5, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
lr = 5e-4
losses = []
for step in range(60):
    for p in (m, b):
        if p.grad is not None:
            p.grad.zero_()
    prediction = m * x + b
    loss = ((prediction - y) ** 2).mean()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        m -= lr * m.grad
        b -= lr * b.grad
