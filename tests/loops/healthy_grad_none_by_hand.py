import torch

torch.manual_seed(12)


def red(x, capas):
    for W, sesgo in capas[:-1]:
        x = torch.relu(x @ W + sesgo)
    W, sesgo = capas[-1]
    return x @ W + sesgo


tamanos = [2, 16, 1]
capas = []
for entrada, salida in zip(tamanos, tamanos[1:]):
    W = (torch.randn(entrada, salida) * (2 / entrada) ** 0.5).requires_grad_()
    capas.append((W, torch.zeros(salida, requires_grad=True)))

x = torch.rand(100, 2)
y = (x[:, :1] - x[:, 1:]).abs()
losses = []
for epoca in range(150):
    perdida = ((red(x, capas) - y) ** 2).mean()
    perdida.backward()
    losses.append(perdida.item())
    for capa in capas:
        for parametro in capa:
            with torch.no_grad():
                parametro -= 0.1 * parametro.grad
            parametro.grad = None
