import torch
from torch import nn

torch.manual_seed(208)
x = torch.rand(200, 1)
y = x + (0.1 + 0.4 * x) * torch.randn(200, 1)
levels = torch.tensor([0.1, 0.5, 0.9])
model = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
losses = []
for epoch in range(100):
    error = y - model(x)
    loss = torch.maximum(levels * error, (levels - 1) * error).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
