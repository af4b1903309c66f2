import torch
from torch import nn

torch.manual_seed(31)
u = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(u.parameters(), lr=0.02)
t = torch.linspace(0, 1, 25).unsqueeze(1).requires_grad_(True)
start = torch.zeros(1, 1)
for step in range(150):
    value = u(t)
    (du_dt,) = torch.autograd.grad(value, t, grad_outputs=torch.ones_like(value), create_graph=True)
    equation = (du_dt + value).pow(2).mean()
    initial = (u(start) - 1).pow(2).squeeze()
    loss = equation + initial
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
