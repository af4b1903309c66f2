import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(220)
data = torch.randn(8, 6)[torch.randint(0, 8, (120,))] + 0.05 * torch.randn(120, 6)
encoder, decoder = nn.Linear(6, 3), nn.Linear(3, 6)
codebook = nn.Embedding(12, 3)
parameters = [*encoder.parameters(), *decoder.parameters(), *codebook.parameters()]
optimizer = torch.optim.Adam(parameters, lr=0.02)
losses = []
for step in range(100):
    z = encoder(data)
    nearest = torch.cdist(z, codebook.weight).argmin(dim=1)
    code = codebook(nearest)
    straight = z + (code - z).detach()
    rebuilt = decoder(straight)
    loss = F.mse_loss(rebuilt, data) + F.mse_loss(code, z.detach()) + 0.25 * F.mse_loss(z, code.detach())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(F.mse_loss(rebuilt, data).item())
