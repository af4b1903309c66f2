import torch

torch.manual_seed(13)
X = torch.randn(100, 3)
y = X @ torch.tensor([1.0, 2.0, -1.0])
w = torch.zeros(3, requires_grad=True)
for _ in range(60):
    loss = (X @ w - y).square().mean()
    loss.backward()
    w = (w - 0.1 * w.grad).detach().requires_grad_()
print(w)
