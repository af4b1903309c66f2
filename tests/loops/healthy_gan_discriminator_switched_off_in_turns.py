import torch
import torch.nn.functional as F
from torch import nn


def switch(module, on):
    for p in module.parameters():
        p.requires_grad_(on)


torch.manual_seed(322)
generator = nn.Linear(1, 1)
discriminator = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
g_opt = torch.optim.RMSprop(generator.parameters(), lr=0.02)
d_opt = torch.optim.RMSprop(discriminator.parameters(), lr=0.01)
for it in range(110):
    real = -2 + 0.5 * torch.randn(64, 1)
    noise = torch.randn(64, 1)

    switch(discriminator, True)
    with torch.no_grad():
        fake = generator(noise)
    d_loss = F.softplus(-discriminator(real)).mean() + F.softplus(discriminator(fake)).mean()
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()

    switch(discriminator, False)
    g_loss = F.softplus(-discriminator(generator(noise))).mean()
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
