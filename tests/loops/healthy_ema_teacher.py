import copy

import torch
from torch import nn

torch.manual_seed(21)
student = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
teacher = copy.deepcopy(student)
optimizer = torch.optim.Adam(student.parameters(), lr=0.02)
x = torch.randn(100, 2)
y = (x[:, :1] ** 2 + x[:, 1:]).detach()
losses = []
for step in range(80):
    supervised = nn.functional.mse_loss(student(x[:20]), y[:20])
    with torch.no_grad():
        target = teacher(x)
    consistency = nn.functional.mse_loss(student(x + 0.05 * torch.randn_like(x)), target)
    loss = supervised + 0.1 * consistency
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for t, s in zip(teacher.parameters(), student.parameters()):
            t.mul_(0.9).add_(s, alpha=0.1)
    losses.append(supervised.item())
