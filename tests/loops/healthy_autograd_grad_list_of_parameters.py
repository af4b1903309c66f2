import torch


def net(params, x):
    w1, b1, w2, b2 = params
    return torch.sigmoid(x @ w1 + b1) @ w2 + b2


torch.manual_seed(14)
x = torch.linspace(-1, 1, 64)[:, None]
y = x**2
params = [3 * torch.randn(1, 12), torch.randn(12), torch.randn(12, 1), torch.zeros(1)]
params = [p.requires_grad_() for p in params]
losses = []
for epoch in range(300):
    loss = (net(params, x) - y).pow(2).mean()
    grads = torch.autograd.grad(loss, params)
    params = [(p - 0.1 * g).detach().requires_grad_() for p, g in zip(params, grads)]
    losses.append(loss.item())
