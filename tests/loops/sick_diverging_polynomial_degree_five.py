import torch

torch.manual_seed(77)
x = torch.linspace(0, 4, 60)
y = torch.sin(x) + 0.05 * torch.randn(60)
V = torch.stack([x**k for k in range(6)], dim=1)
coefs = torch.zeros(6, requires_grad=True)
losses = []
for it in range(14):
    residual = V @ coefs - y
    loss = residual.dot(residual) / len(x)
    (grad,) = torch.autograd.grad(loss, coefs)
    coefs = coefs.detach() - 1e-3 * grad
    coefs.requires_grad_()
    losses.append(loss.item())
