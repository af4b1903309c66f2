import torch

torch.manual_seed(228)


def model(p, x):
    return torch.tanh(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]


meta = {
    "w1": torch.randn(1, 16).requires_grad_(),
    "b1": torch.zeros(16, requires_grad=True),
    "w2": (0.3 * torch.randn(16, 1)).requires_grad_(),
    "b2": torch.zeros(1, requires_grad=True),
}
optimizer = torch.optim.Adam(meta.values(), lr=0.02)
outer_losses = []
for iteration in range(60):
    total = 0.0
    for _ in range(3):
        shift = torch.rand(1) * 2
        x = torch.rand(20, 1) * 4 - 2
        y = torch.sin(x + shift)
        fast = dict(meta)
        for _ in range(2):
            inner = (model(fast, x[:10]) - y[:10]).pow(2).mean()
            grads = torch.autograd.grad(inner, list(fast.values()), create_graph=True)
            fast = {name: p - 0.1 * g for (name, p), g in zip(fast.items(), grads)}
        total = total + (model(fast, x[10:]) - y[10:]).pow(2).mean()
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    outer_losses.append(total.item())
