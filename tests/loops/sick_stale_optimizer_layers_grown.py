import torch
from torch import nn

torch.manual_seed(312)
x = torch.randn(100, 3)
y = torch.sin(x[:, :1]) + x[:, 1:2] ** 2
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
losses = []


def train(epochs):
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = (net(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())


train(40)
net.insert(2, nn.Linear(8, 8))
net.insert(3, nn.Tanh())
net[4] = nn.Linear(8, 1)
last_at_start = net[4].weight.detach().clone()
train(60)
