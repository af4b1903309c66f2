import torch
from torch import nn

# %% model
torch.manual_seed(62)
model = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

# %% data
x = torch.randn(100, 2)
y = (x[:, :1] - x[:, 1:]).tanh()

# %% start from scratch
model = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))

# %% training
losses = []
for epoch in range(50):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print("loss", losses[0], losses[-1])
