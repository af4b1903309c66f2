import torch
from torch import nn

torch.manual_seed(25)
x = torch.randn(200, 4)
y = x[:, :1] * x[:, 1:2]
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=160)
losses, rates = [], []
for step in range(160):
    batch = torch.randint(0, 200, (64,))
    loss = nn.functional.mse_loss(model(x[batch]), y[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(nn.functional.mse_loss(model(x), y).item())
    rates.append(scheduler.get_last_lr()[0])
