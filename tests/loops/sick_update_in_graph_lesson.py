import torch

torch.manual_seed(0)
data_x = 50 * torch.rand(50)
data_y = 0.5 * data_x + 2 * torch.randn(50)

m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
learning_rate = 1e-3

for step in range(25):
    y_pred = m * data_x + b
    loss = torch.abs(y_pred - data_y).mean()
    loss.backward()
    m = m - learning_rate * m.grad
    print("step", step, "m", m.item())
