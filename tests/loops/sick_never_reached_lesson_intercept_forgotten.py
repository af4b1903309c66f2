import torch

torch.manual_seed(26)


def recta(m, b, x):
    return m * x


x = 20 * torch.rand(60)
y = 0.5 * x + 8 + torch.randn(60)

m = torch.tensor(1.5, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
lr = 1e-3
for paso in range(150):
    perdida = torch.mean((recta(m, b, x) - y) ** 2)
    perdida.backward()
    with torch.no_grad():
        for p in (m, b):
            if p.grad is not None:
                p -= lr * p.grad
                p.grad.zero_()
print("m:", m.item(), "b:", b.item(), "pérdida:", perdida.item())
