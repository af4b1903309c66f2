# Multidimensional scaling: find positions with given mutual distances
import torch

torch.manual_seed(81)
true = torch.rand(8, 2)
wanted = torch.cdist(true, true)
positions = torch.rand(8, 2, requires_grad=True)
optimizer = torch.optim.Adam([positions], lr=0.05)
losses = []
for it in range(20):
    difference = positions[:, None, :] - positions[None, :, :]
    distances = torch.sqrt((difference**2).sum(dim=-1))
    loss = (distances - wanted).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(positions)
