import torch

torch.manual_seed(207)
secret = torch.rand(12, 2)
given = (secret[:, None] - secret[None, :]).norm(dim=-1)
layout = torch.rand(12, 2, requires_grad=True)
opt = torch.optim.Adam([layout], lr=0.05)
losses = []
for it in range(150):
    gaps = layout.unsqueeze(1) - layout.unsqueeze(0)
    distance = (gaps.square().sum(-1) + 1e-9).sqrt()
    loss = (distance - given).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    losses.append(loss.item())
