import torch

torch.manual_seed(0)


def puntos_de_recta(m, b, n, sigma=2.0, rango=50.0):
    x = rango * torch.rand(n)
    y = m * x + b
    return torch.stack((x + sigma * torch.randn(n), y + sigma * torch.randn(n)), dim=1)


def modelo(m, b, x):
    return m * x + b


def error_medio(prediccion, real):
    return torch.abs(prediccion - real).mean()


learning_rate = 1e-3
data = puntos_de_recta(0.5, 0.0, 50)
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
losses = []

for paso in range(25):
    x, y = data[:, 0], data[:, 1]
    prediccion = modelo(m, b, x)  # hacia adelante
    loss = error_medio(prediccion, y)
    loss.backward()  # hacia atrás
    losses.append(loss.item())
    print(f"paso {paso}: m = {m.item():.4f}, gradiente = {m.grad.item():.4f}")
    with torch.no_grad():
        m -= learning_rate * m.grad
