import torch

torch.manual_seed(49)
points = torch.cat([torch.randn(20, 2) + 4 * torch.tensor(c) for c in ([0.0, 0.0], [1.0, 0.0], [0.0, 1.0])])
centres = torch.nn.Parameter(points[:3].clone(), requires_grad=False)
optimizer = torch.optim.Adam([centres], lr=0.1)
for it in range(30):
    distances = torch.cdist(points, centres)
    loss = distances.min(dim=1).values.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
