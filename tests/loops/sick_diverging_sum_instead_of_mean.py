import torch

torch.manual_seed(76)
X = torch.randn(200, 3)
y = X @ torch.tensor([1.0, -1.0, 0.5])
w = torch.zeros(3, requires_grad=True)
losses = []
for it in range(12):
    loss = ((X @ w - y) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    w.grad = None
    losses.append(loss.item())
