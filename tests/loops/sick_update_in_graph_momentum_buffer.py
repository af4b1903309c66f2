import torch

torch.manual_seed(303)
x = torch.randn(50, 2)
y = x @ torch.tensor([1.0, 3.0])
w = torch.zeros(2, requires_grad=True)
velocity = torch.zeros(2)
lr, beta = 0.05, 0.9
for step in range(20):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    velocity = beta * velocity + lr * w.grad
    w = w - velocity
    print(step, loss.item())
