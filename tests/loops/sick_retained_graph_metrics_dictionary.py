from collections import defaultdict

import torch

metrics = defaultdict(list)


def record(**values):
    for name, value in values.items():
        metrics[name].append(value)


torch.manual_seed(316)
X = torch.randn(50, 6)
y = X @ torch.tensor([1.0, 0.0, 0.0, -1.0, 0.0, 2.0])
w = torch.nn.Parameter(torch.zeros(6))
optimizer = torch.optim.Adam([w], lr=0.05)
for epoch in range(80):
    penalty = w.abs().sum()
    loss = (X @ w - y).pow(2).mean() + 0.01 * penalty
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    record(loss=loss, penalty=penalty)
