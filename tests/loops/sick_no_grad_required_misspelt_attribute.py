import torch

torch.manual_seed(45)
X = torch.randn(80, 4)
target = X @ torch.tensor([[1.0], [2.0], [3.0], [4.0]])

w = torch.randn(4, 1)
w.require_grad = True
learning_rate = 0.05
for epoch in range(50):
    loss = torch.mean((X @ w - target) ** 2)
    loss.backward()
    with torch.no_grad():
        w -= learning_rate * w.grad
        w.grad.zero_()
