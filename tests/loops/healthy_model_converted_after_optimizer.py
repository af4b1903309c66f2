import torch
from torch import nn

torch.manual_seed(235)
model = nn.Sequential(nn.Linear(2, 10), nn.Tanh(), nn.Linear(10, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
model.double()
model.to("cpu")
x = torch.randn(50, 2, dtype=torch.float64)
y = torch.sin(x[:, :1]) * x[:, 1:]
losses = []
for epoch in range(150):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
