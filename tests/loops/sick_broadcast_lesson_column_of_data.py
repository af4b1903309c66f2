import torch

torch.manual_seed(89)


def MAE(y_pred, y_true):
    return torch.abs(y_pred - y_true).mean()


x = 50 * torch.rand(50)
data = torch.stack((x, 0.5 * x + 2 * torch.randn(50)), dim=1)
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for paso in range(40):
    x_true = data[:, 0]
    y_true = data[:, 1:]
    y_pred = m * x_true + b
    loss = MAE(y_pred, y_true)
    loss.backward()
    with torch.no_grad():
        m -= 1e-3 * m.grad
        m.grad = None
        b.grad = None
