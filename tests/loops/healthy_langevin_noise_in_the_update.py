import math

import torch

torch.manual_seed(247)
position = torch.zeros((), requires_grad=True)
step = 0.05
samples = []
for it in range(1000):
    energy = 2 * (position - 1.5) ** 2
    position.grad = None
    energy.backward()
    with torch.no_grad():
        position += -step * position.grad + math.sqrt(2 * step) * torch.randn(())
    samples.append(position.item())
