import torch
from torch import nn

torch.manual_seed(56)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
x = torch.randn(50, 2)
y = (x**2).sum(dim=1, keepdim=True)
lr = 0.01
losses = []
for epoch in range(30):
    model.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    with torch.no_grad():
        for param in model.parameters():
            param = param - lr * param.grad
    losses.append(loss.item())
