# minimise |x - a|^2 subject to sum(x) = 1
import torch

a = torch.tensor([1.0, 4 / 3, 5 / 3])
x = torch.zeros(3, requires_grad=True)
multiplier = torch.zeros(1, requires_grad=True)
for step in range(400):
    lagrangian = (x - a).square().sum() + (multiplier * (x.sum() - 1)).sum()
    lagrangian.backward()
    with torch.no_grad():
        x -= 0.05 * x.grad
        multiplier += 0.05 * multiplier.grad
    x.grad = None
    multiplier.grad = None
print(x, multiplier)
