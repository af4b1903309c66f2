import torch
from torch import nn

torch.manual_seed(69)
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
x = torch.randn(50, 3)
y = x[:, :1] * 0.5
lr = 0.02
losses = []
for step in range(60):
    model.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(p.grad, alpha=lr)
    losses.append(loss.item())
