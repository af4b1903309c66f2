import torch

torch.manual_seed(101)
x = torch.rand(30)
y = 2 * x + 1
m = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
loss = ((m * x + b - y) ** 2).mean()
for paso in range(20):
    loss.backward()
    with torch.no_grad():
        m -= 0.1 * m.grad
        b -= 0.1 * b.grad
        m.grad.zero_()
        b.grad.zero_()
