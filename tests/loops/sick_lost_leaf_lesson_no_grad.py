import torch

torch.manual_seed(0)
n = 50
x = 50 * torch.rand(n)
y = 0.5 * x + 2 * torch.randn(n)

learning_rate = 1e-3
loss_fn = torch.nn.L1Loss()
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
evolution = [m.clone().detach()]

for step in range(25):
    if m.grad is not None:
        m.grad.zero_()
    if b.grad is not None:
        b.grad.zero_()
    y_pred = m * x + b
    loss = loss_fn(y_pred, y)
    loss.backward()
    print(f"step {step}: m={m.item():.4f} loss={loss.item():.4f}")
    with torch.no_grad():
        m = m - learning_rate * m.grad
    evolution.append(m.clone().detach())
