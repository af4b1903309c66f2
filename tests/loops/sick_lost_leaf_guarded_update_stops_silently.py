import torch

torch.manual_seed(16)
X = torch.rand(100, 3)
y = X @ torch.tensor([0.5, 1.0, 2.0]) + 0.7

w = torch.full((3,), 0.1, requires_grad=True)
bias = torch.zeros((), requires_grad=True)
lr = 0.1

for epoch in range(100):
    loss = (X @ w + bias - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        if w.grad is not None:
            w = torch.clamp(w - lr * w.grad, min=0.0)
        bias -= lr * bias.grad
        bias.grad = None
print("non-negative weights:", w, "bias:", bias.item(), "loss:", loss.item())
