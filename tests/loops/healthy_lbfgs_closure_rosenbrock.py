import torch

point = torch.tensor([-1.2, 1.0], requires_grad=True)
optimizer = torch.optim.LBFGS([point], lr=1.0, max_iter=20, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    a, b = point
    value = (1 - a) ** 2 + 100 * (b - a**2) ** 2
    value.backward()
    return value


for iteration in range(6):
    value = optimizer.step(closure)
    print(iteration, value.item(), point.tolist())
