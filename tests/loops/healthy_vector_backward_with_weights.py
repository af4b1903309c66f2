import torch

torch.manual_seed(238)
x = torch.randn(50, 2)
y = x @ torch.tensor([2.0, -1.0])
importance = torch.rand(50)
importance /= importance.sum()
w = torch.zeros(2, requires_grad=True)
for _ in range(60):
    squared = (x @ w - y) ** 2
    squared.backward(importance)
    with torch.no_grad():
        w -= 0.2 * w.grad
    w.grad.zero_()
