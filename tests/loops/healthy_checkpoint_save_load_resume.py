import io

import torch
from torch import nn


def make():
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    return model, torch.optim.Adam(model.parameters(), lr=0.02)


def epoch(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


torch.manual_seed(225)
x = torch.randn(60, 2)
y = x.prod(dim=1, keepdim=True)
model, optimizer = make()
losses = [epoch(model, optimizer, x, y) for _ in range(20)]

file = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 20}, file)
file.seek(0)

model, optimizer = make()
checkpoint = torch.load(file)
model.load_state_dict(checkpoint["model"])
optimizer.load_state_dict(checkpoint["optimizer"])
resumed_at = checkpoint["epoch"]
for _ in range(resumed_at, 60):
    losses.append(epoch(model, optimizer, x, y))
