import torch

torch.manual_seed(4)
lr = 0.1
x = torch.rand(40) * 2 - 1
y = 1.5 * x + 2.0 + 0.05 * torch.randn(40)

w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)

for i in range(43):
    if w.grad is not None:
        w.grad.zero_()
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    print(i, loss.item(), w.item(), b.item())
