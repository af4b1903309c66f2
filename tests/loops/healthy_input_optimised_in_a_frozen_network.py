import torch
from torch import nn

torch.manual_seed(218)
network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.LeakyReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)).eval()
for parameter in network.parameters():
    parameter.requires_grad_(False)
image = (0.1 * torch.randn(1, 1, 8, 8)).requires_grad_(True)
scores = []
for iteration in range(40):
    score = network(image)[0, 1] - 0.002 * image.square().sum()
    score.backward()
    scores.append(score.item())
    with torch.no_grad():
        image += 0.05 * image.grad / (image.grad.abs().mean() + 1e-8)
        image.grad.zero_()
