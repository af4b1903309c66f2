import torch
from torch import nn

torch.manual_seed(308)
x = torch.randn(60, 3)
y = x.mean(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def validate(model):
    model.requires_grad_(False)
    return nn.functional.mse_loss(model(x[40:]), y[40:]).item()


for epoch in range(10):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x[:40]), y[:40])
    loss.backward()
    optimizer.step()
    print(epoch, loss.item(), validate(model))
