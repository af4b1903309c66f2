import torch

torch.manual_seed(51)
x = 50 * torch.rand(50)
y = 0.5 * x + 2 * torch.randn(50)
lr = 1e-3
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for paso in range(25):
    y_pred = m * x + b
    perdida = torch.abs(y_pred - y).mean()
    perdida.backward()
    m.grad.zero_()
    b.grad.zero_()
    with torch.no_grad():
        m -= lr * m.grad
        b -= lr * b.grad
    print(f"paso {paso}: pérdida {perdida.item():.3f}")
