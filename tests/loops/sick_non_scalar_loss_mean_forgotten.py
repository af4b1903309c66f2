import torch


def absolute_error(y_pred, y_true):
    return torch.abs(y_pred - y_true)


torch.manual_seed(106)
x = 50 * torch.rand(50)
y = 0.5 * x
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for paso in range(25):
    y_pred = m * x + b
    loss = absolute_error(y_pred, y)
    loss.backward()
    with torch.no_grad():
        m -= 1e-3 * m.grad
        m.grad.zero_()
