import torch

torch.manual_seed(24)
X = torch.randn(100, 8)
beta = torch.tensor([2.0, 0, 0, -1.5, 0, 0, 1.0, 0])
y = X @ beta + 0.1 * torch.randn(100)

w = (0.01 * torch.randn(8)).requires_grad_()
for it in range(50):
    loss = (X @ w - y).pow(2).mean() + 0.05 * w.abs().sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        w.grad.zero_()
    if it % 10 == 9:
        w[w.abs() < 0.05] = 0.0
