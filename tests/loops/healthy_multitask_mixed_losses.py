import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(201)
x = torch.randn(120, 6)
kind = (x[:, 0] * x[:, 1] > 0).long()
size = x[:, 2:3] + x[:, 3:4]
trunk = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
heads = nn.ModuleDict({"kind": nn.Linear(24, 2), "size": nn.Linear(24, 1)})
everything = nn.ModuleList([trunk, heads])
optimizer = torch.optim.Adam(everything.parameters(), lr=0.02)
losses = []
for epoch in range(80):
    h = trunk(x)
    loss = F.cross_entropy(heads["kind"](h), kind) + 0.5 * F.mse_loss(heads["size"](h), size)
    loss = loss + 1e-4 * sum(p.abs().sum() for p in everything.parameters())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
