import torch


def mlp(params, x):
    w1, b1, w2, b2 = params
    return torch.tanh(x @ w1 + b1) @ w2 + b2


torch.manual_seed(12)
x = torch.linspace(-3, 3, 50)[:, None]
y = torch.cos(x)

params = [torch.randn(1, 10), torch.zeros(10), 0.3 * torch.randn(10, 1), torch.zeros(1)]
for p in params:
    p.requires_grad_(True)

lr = 0.02
for it in range(200):
    loss = (mlp(params, x) - y).square().mean()
    loss.backward()
    with torch.no_grad():
        params = [p - lr * p.grad for p in params]
