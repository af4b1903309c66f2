import torch

t = torch.linspace(0, 2, 30)
heights = 1.0 + 6.0 * t - 4.9 * t**2
parameters = {"h0": torch.tensor(0.0, requires_grad=True), "v0": torch.tensor(1.0, requires_grad=True)}
for step in range(30):
    residual = parameters["h0"] + parameters["v0"] * t - 4.9 * t**2 - heights
    gradients = torch.autograd.grad(residual**2, list(parameters.values()))
    with torch.no_grad():
        for p, g in zip(parameters.values(), gradients):
            p -= 0.1 * g
