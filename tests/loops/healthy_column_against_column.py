import torch

torch.manual_seed(206)
x = torch.rand(50, 1)
y = 5 * x - 2
W = torch.zeros(1, 1, requires_grad=True)
c = torch.zeros(1, requires_grad=True)
losses = []
for epoch in range(200):
    y_hat = x @ W + c
    error = y_hat - y
    loss = error.T @ error / len(x)
    loss.backward()
    with torch.no_grad():
        W -= 0.3 * W.grad
        c -= 0.3 * c.grad
        W.grad.zero_()
        c.grad.zero_()
    losses.append(loss.item())
