import torch

torch.manual_seed(232)
ratings = torch.randn(15, 2) @ torch.randn(2, 12)
known = torch.rand(15, 12) < 0.7
U = (0.5 * torch.randn(15, 2)).requires_grad_()
V = (0.5 * torch.randn(12, 2)).requires_grad_()
errors = []
for sweep in range(300):
    error = ((U @ V.T - ratings)[known] ** 2).mean()
    error.backward()
    turn = U if sweep % 2 == 0 else V
    with torch.no_grad():
        turn -= 1.5 * turn.grad
    U.grad.zero_()
    V.grad.zero_()
    errors.append(error.item())
