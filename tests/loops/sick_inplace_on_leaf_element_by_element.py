import torch

torch.manual_seed(304)
A = torch.randn(30, 4)
target = A @ torch.tensor([1.0, 2.0, 3.0, 4.0])
theta = torch.zeros(4, requires_grad=True)
rate = 0.1
for sweep in range(25):
    objective = ((A @ theta - target) ** 2).mean()
    objective.backward()
    for j in range(4):
        theta[j] -= rate * theta.grad[j]
    theta.grad.zero_()
