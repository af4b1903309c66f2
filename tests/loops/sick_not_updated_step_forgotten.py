import torch
from torch import nn

torch.manual_seed(54)
x = torch.linspace(-1, 1, 40).unsqueeze(1)
y = x**3
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
losses = []
for epoch in range(60):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    losses.append(loss.item())
    if epoch % 20 == 0:
        print(epoch, loss.item())
