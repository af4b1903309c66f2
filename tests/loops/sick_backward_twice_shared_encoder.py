import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(103)
encoder = nn.Sequential(nn.Linear(4, 8), nn.Sigmoid())
task_a, task_b = nn.Linear(8, 1), nn.Linear(8, 3)
modules = nn.ModuleList([encoder, task_a, task_b])
optimizer = torch.optim.SGD(modules.parameters(), lr=0.1)
x = torch.randn(24, 4)
y_a, y_b = x[:, :1], torch.randint(0, 3, (24,))
for step in range(10):
    optimizer.zero_grad()
    code = encoder(x)
    loss_a = F.mse_loss(task_a(code), y_a)
    loss_b = F.cross_entropy(task_b(code), y_b)
    loss_a.backward()
    loss_b.backward()
    optimizer.step()
