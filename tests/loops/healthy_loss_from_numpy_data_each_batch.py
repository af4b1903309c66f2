import numpy as np
import torch

rng = np.random.default_rng(253)
X = rng.normal(size=(200, 4)).astype(np.float32)
labels = (X @ np.array([1.0, -2.0, 0.5, 0.0], dtype=np.float32) > 0).astype(np.float32)
w = torch.zeros(4, requires_grad=True)
bias = torch.zeros(1, requires_grad=True)
history = []
for epoch in range(20):
    order = rng.permutation(200)
    losses = []
    for start in range(0, 200, 40):
        rows = order[start : start + 40]
        xb = torch.tensor(X[rows])
        yb = torch.from_numpy(labels[rows])
        p = torch.sigmoid(xb @ w + bias)
        loss = torch.nn.functional.binary_cross_entropy(p, yb)
        gw, gb = torch.autograd.grad(loss, (w, bias))
        with torch.no_grad():
            w -= 1.0 * gw
            bias -= 1.0 * gb
        losses.append(loss.detach().numpy().item())
    history.append(np.mean(losses))
