import torch

torch.manual_seed(35)
x = [0.5, 1.0, 1.5, 2.0, 3.0]
y = torch.tensor([1.1, 2.0, 2.9, 4.2, 6.1])

m = torch.tensor(0.1, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for paso in range(30):
    y_pred = torch.tensor([m * xi + b for xi in x])
    error = ((y_pred - y) ** 2).mean()
    error.backward()
    with torch.no_grad():
        m -= 0.05 * m.grad
        b -= 0.05 * b.grad
        m.grad.zero_()
        b.grad.zero_()
