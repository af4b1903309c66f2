import torch
from torch import nn

torch.manual_seed(19)
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
D = nn.Sequential(nn.Linear(1, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=5e-3, betas=(0.5, 0.9))
opt_d = torch.optim.Adam(D.parameters(), lr=5e-3, betas=(0.5, 0.9))
bce = nn.BCEWithLogitsLoss()
distance_at_start = abs(G(torch.randn(500, 2)).mean().item() - 3.0)

for it in range(150):
    real = 3 + 0.5 * torch.randn(64, 1)
    fake = G(torch.randn(64, 2))

    opt_d.zero_grad()
    d_loss = bce(D(real), torch.ones(64, 1)) + bce(D(fake.detach()), torch.zeros(64, 1))
    d_loss.backward()
    opt_d.step()

    opt_g.zero_grad()
    g_loss = bce(D(fake), torch.ones(64, 1))
    g_loss.backward()
    opt_g.step()
