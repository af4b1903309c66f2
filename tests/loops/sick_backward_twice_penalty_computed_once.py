# ridge regression
import torch

torch.manual_seed(105)
X = torch.randn(50, 6)
y = X[:, 0] - X[:, 3]
w = torch.randn(6, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.05)
penalty = 0.01 * w.pow(2).sum()
for epoch in range(20):
    loss = (X @ w - y).pow(2).mean() + penalty
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
