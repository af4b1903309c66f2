import torch

torch.manual_seed(4)
x = 50 * torch.rand(40)
y = 0.5 * x + torch.randn(40)
delta, ritmo = 0.1, 1e-3
m, b = 0.9, 0.0


def error(m, b):
    return torch.abs(m * x + b - y).mean().item()


for paso in range(40):
    pendiente_m = (error(m + delta, b) - error(m - delta, b)) / (2 * delta)
    m = m - ritmo * pendiente_m
    print(f"paso {paso}: m={m:.4f} error={error(m, b):.4f}")
