import torch

torch.manual_seed(5)
x = 50 * torch.rand(50)
y = 0.5 * x + 2 * torch.randn(50)
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
learning_rate = 1e-3
for step in range(25):
    loss = torch.nn.functional.l1_loss(m * x + b, y)
    loss.backward()
    with torch.no_grad():
        m = (m - learning_rate * m.grad).requires_grad_(True)
        b = (b - learning_rate * b.grad).requires_grad_(True)
