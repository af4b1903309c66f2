import numpy as np
import torch

torch.manual_seed(111)
X = torch.randn(30, 3)
y = X.sum(dim=1)
w = torch.zeros(3, requires_grad=True)
history = np.zeros((10, 3))
for epoch in range(10):
    history[epoch] = w.numpy()
    loss = (X @ w - y).abs().mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
