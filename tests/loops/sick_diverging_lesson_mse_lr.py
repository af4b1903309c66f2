import torch

torch.manual_seed(73)
x = 50 * torch.rand(50)
y = 0.5 * x + 2 * torch.randn(50)
learning_rate = 1e-2
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
losses = []
for step in range(15):
    y_pred = m * x + b
    loss = torch.mean((y_pred - y) ** 2)
    loss.backward()
    losses.append(loss.item())
    print(f"step {step}: loss {loss.item():.4g}")
    with torch.no_grad():
        m -= learning_rate * m.grad
        b -= learning_rate * b.grad
        m.grad.zero_()
        b.grad.zero_()
