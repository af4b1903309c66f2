# Largest principal direction by gradient ascent on the Rayleigh quotient (as minimisation of its negative)
import torch

torch.manual_seed(15)
data = torch.randn(200, 4) * torch.tensor([3.0, 1.0, 0.5, 0.2])
C = data.T @ data / len(data)

v = torch.randn(4)
v /= v.norm()
v.requires_grad_()

for k in range(50):
    objective = -(v @ C @ v)
    objective.backward()
    with torch.no_grad():
        v -= 0.05 * v.grad
        v = v / v.norm()
    print(k, objective.item())
