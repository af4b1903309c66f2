import torch

torch.manual_seed(251)
x = torch.rand(60) * 3
y = 2 * x + 0.5
slope = torch.tensor(0.0, requires_grad=True)
bias = torch.tensor(0.0, requires_grad=True)
losses = []
for phase, moved in enumerate([[slope], [slope, bias]]):
    for step in range(80):
        slope.grad = bias.grad = None
        loss = (slope * x + bias - y).pow(2).mean()
        loss.backward()
        with torch.no_grad():
            for p in moved:
                p -= 0.1 * p.grad
        losses.append(loss.item())
