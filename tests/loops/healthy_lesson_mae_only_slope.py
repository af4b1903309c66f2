import torch

torch.manual_seed(1)


def datos_de_una_recta(m, b, n, sigma=2.0, rango=50.0):
    x = rango * torch.rand(n)
    y = m * x + b
    ruido_x = sigma * torch.randn(n)
    ruido_y = sigma * torch.randn(n)
    return torch.stack((x + ruido_x, y + ruido_y), dim=1)


def recta(m, b, x):
    return m * x + b


learning_rate = 1e-3
pasos = 25
loss_fn = torch.nn.L1Loss()
data = datos_de_una_recta(0.5, 0.0, 50)
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
evolucion_m = [m.clone().detach()]
evolucion_b = [b.clone().detach()]
losses = []

for paso in range(pasos):
    if m.grad is not None:
        m.grad.zero_()
    if b.grad is not None:
        b.grad.zero_()
    x_real, y_real = data[:, 0], data[:, 1]
    y_pred = recta(m, b, x_real)  # forward
    loss = loss_fn(y_pred, y_real)
    loss.backward()  # backward
    grad = [m.grad, b.grad]
    print(f"----- paso {paso}")
    print(f"m, b: {m, b}")
    print(f"media de y: {y_real.mean()}, media de la predicción: {y_pred.mean()}")
    print(f"gradiente: {grad}")
    with torch.no_grad():
        m -= learning_rate * grad[0]  # b se queda quieta a propósito
    evolucion_m.append(m.clone().detach())
    evolucion_b.append(b.clone().detach())
    losses.append(loss.item())
