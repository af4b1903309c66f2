import torch

torch.manual_seed(10)
R = torch.randn(12, 2) @ torch.randn(2, 9)
mask = torch.rand(12, 9) < 0.8

U = (0.1 * torch.randn(12, 2)).requires_grad_()
V = (0.1 * torch.randn(9, 2)).requires_grad_()

lr = 0.3
errors = []
for sweep in range(150):
    error = ((U @ V.T - R)[mask] ** 2).mean()
    error.backward()
    with torch.no_grad():
        U -= lr * U.grad
        V -= lr * V.grad
    for factor in (U, V):
        if factor.grad is not None:
            factor.grad
    errors.append(error.item())
