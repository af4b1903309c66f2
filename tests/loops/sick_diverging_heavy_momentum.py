import torch

stiffness = torch.tensor([1.0, 4.0])
position = torch.tensor([1.0, 1.0], requires_grad=True)
optimizer = torch.optim.SGD([position], lr=1.0, momentum=0.9)
losses = []
for step in range(40):
    optimizer.zero_grad()
    energy = 0.5 * (stiffness * position**2).sum()
    energy.backward()
    optimizer.step()
    losses.append(energy.item())
