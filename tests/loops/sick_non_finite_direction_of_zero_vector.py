import torch

centre = torch.tensor([0.0, 0.0])
particles = torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, -2.0]], requires_grad=True)
wind = torch.tensor([0.6, 0.8])
optimizer = torch.optim.SGD([particles], lr=0.1)
energies = []
for k in range(10):
    offset = particles - centre
    unit = offset / offset.norm(dim=1, keepdim=True)
    energy = -(unit @ wind).sum() + 0.1 * offset.square().sum()
    optimizer.zero_grad()
    energy.backward()
    optimizer.step()
    energies.append(energy.item())
