import torch

torch.manual_seed(72)
x = torch.randn(60, 3)
y = x @ torch.tensor([2.0, 0.5, -1.0]) + 0.1 * torch.randn(60)
initial_lr, decay_epochs, epochs = 0.1, 40, 120
w = torch.zeros(3, requires_grad=True)
losses = []
for epoch in range(epochs):
    lr = initial_lr * (1 - epoch / decay_epochs)
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for p in [w]:
            p -= lr * p.grad
            p.grad.zero_()
    losses.append(loss.item())
