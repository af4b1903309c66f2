import torch
from torch import nn


class Predictor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 1))

    @torch.no_grad()
    def forward(self, x):
        return self.net(x)


torch.manual_seed(40)
x = torch.randn(64, 2)
y = x[:, :1] - x[:, 1:]
model = Predictor()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
losses = []
for epoch in range(30):
    loss = nn.functional.mse_loss(model(x), y)
    loss.requires_grad_(True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
