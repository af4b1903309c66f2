import torch

torch.manual_seed(0)
x = 50 * torch.rand(50)
y = 0.5 * x + 2 * torch.randn(50)
learning_rate = 1e-3

m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for paso in range(25):
    if m.grad is not None:
        m.grad.zero_()
    y_estimada = m * x + b
    perdida = torch.nn.functional.l1_loss(y_estimada, y)
    perdida.backward()
    m -= learning_rate * m.grad
    print(f"[{paso}] m = {m.item():.4f}")
