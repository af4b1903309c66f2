import torch

t = torch.linspace(0, 4, 50)
observed = 2.0 * torch.exp(-0.8 * t) + 0.5


def residuals(p):
    return p[0] * torch.exp(-p[1] * t) + p[2] - observed


p = torch.tensor([1.0, 0.5, 0.0])
for k in range(10):
    J = torch.autograd.functional.jacobian(residuals, p)
    r = residuals(p)
    p = p - torch.linalg.lstsq(J, r.unsqueeze(1)).solution.squeeze(1)
    print(k, r.square().sum().item(), p.tolist())
