import torch

torch.manual_seed(18)
x = torch.rand(40) * 10
y = 2 * x + torch.randn(40)
lr = 0.01

m = torch.tensor(0.0, requires_grad=True)
pasos = 15
for paso in range(pasos):
    error = ((m * x - y) ** 2).mean()
    error.backward()
    m = (m - lr * m.grad).requires_grad_(True)
    print(f"paso {paso}: error {error.item():.3f}")
