import copy

import torch
from torch import nn

torch.manual_seed(244)
meta = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
scores = []
for task in range(40):
    amplitude = 1 + torch.rand(1)
    x = torch.rand(20, 1) * 4 - 2
    y = amplitude * torch.sin(x)
    learner = copy.deepcopy(meta)
    optimizer = torch.optim.SGD(learner.parameters(), lr=0.05)
    for k in range(5):
        loss = nn.functional.mse_loss(learner(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scores.append(loss.item())
    with torch.no_grad():
        for p, q in zip(meta.parameters(), learner.parameters()):
            p.add_(0.3 * (q - p))
