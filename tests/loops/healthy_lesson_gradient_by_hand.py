import torch

torch.manual_seed(3)


def line(m, b, x):
    return m * x + b


def mae(y_pred, y_true):
    return (y_pred - y_true).abs().mean()


def gradient_of_mae(x, y_pred, y_true):
    sign = torch.where(y_pred >= y_true, 1.0, -1.0)
    return torch.stack([(sign * x).mean(), sign.mean()])


x = 50 * torch.rand(50)
y = line(0.5, 0.0, x) + 2 * torch.randn(50)
m, b = 0.8, 0
history_m = [m]
losses = []
for step in range(25):
    y_pred = line(m, b, x)
    losses.append(mae(y_pred, y).item())
    grad = gradient_of_mae(x, y_pred, y)
    m = m - 1e-3 * grad[0]
    history_m.append(m)
