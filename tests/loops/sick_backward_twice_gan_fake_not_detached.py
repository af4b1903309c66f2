import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(104)
G = nn.Sequential(nn.Linear(3, 10), nn.ReLU(), nn.Linear(10, 2))
D = nn.Sequential(nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 1))
g_opt = torch.optim.Adam(G.parameters(), lr=1e-3)
d_opt = torch.optim.Adam(D.parameters(), lr=1e-3)
for it in range(10):
    real = torch.randn(16, 2) + 1
    fake = G(torch.randn(16, 3))
    d_loss = F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()

    g_loss = F.softplus(-D(fake)).mean()
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
