import torch

torch.manual_seed(66)
target = torch.rand(8, 8)
field = torch.full((8, 8), 0.5).requires_grad_()
optimizer = torch.optim.SGD([field], lr=5.0)

for iteration in range(60):
    difference = field - target
    smoothness = (field[1:] - field[:-1]).pow(2).mean() + (field[:, 1:] - field[:, :-1]).pow(2).mean()
    loss = difference.pow(2).mean() + 0.01 * smoothness
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    field = field.detach().clamp(0, 1).requires_grad_()
