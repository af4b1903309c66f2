import torch

torch.manual_seed(16)
M = torch.randn(10, 10)
spd = M @ M.T / 10 + torch.eye(10)
rhs = torch.randn(10)
solution = torch.zeros(10, requires_grad=True)
sgd = torch.optim.SGD([solution], lr=0.1, momentum=0.5)
best = -0.5 * rhs @ torch.linalg.solve(spd, rhs)


def closure():
    sgd.zero_grad()
    energy = 0.5 * solution @ spd @ solution - rhs @ solution - best
    energy.backward()
    return energy


values = [sgd.step(closure).item() for _ in range(80)]
