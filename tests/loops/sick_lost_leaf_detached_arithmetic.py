import torch


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


theta = torch.tensor([-1.0, 1.0], requires_grad=True)
step_size = 1e-3
path = [theta.tolist()]
for it in range(500):
    value = rosenbrock(theta)
    value.backward()
    theta = theta.detach() - step_size * theta.grad
    path.append(theta.tolist())
print(path[-1])
