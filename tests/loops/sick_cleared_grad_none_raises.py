import torch

torch.manual_seed(53)
X = torch.randn(30, 2)
y = X @ torch.tensor([3.0, 1.0]) - 1
weights = torch.zeros(2, requires_grad=True)
offset = torch.zeros(1, requires_grad=True)
lr = 0.1
for epoch in range(10):
    loss = ((X @ weights + offset - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for p in (weights, offset):
            p.grad = None
            p -= lr * p.grad
