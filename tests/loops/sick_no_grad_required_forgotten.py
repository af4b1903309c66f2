import torch

torch.manual_seed(0)
x = 50 * torch.rand(50)
y = 0.5 * x + 2 * torch.randn(50)
m = torch.tensor(0.8)
b = torch.tensor(0.0)
loss_fn = torch.nn.L1Loss()
for paso in range(25):
    y_pred = m * x + b
    loss = loss_fn(y_pred, y)
    loss.backward()
    with torch.no_grad():
        m -= 1e-3 * m.grad
