import numpy as np
import torch
from torch import nn


def correlation(a, b):
    return np.corrcoef(np.asarray(a), np.asarray(b))[0, 1]


torch.manual_seed(112)
x = torch.randn(50, 3)
y = x @ torch.tensor([1.0, 0.0, -1.0])
net = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(10):
    opt.zero_grad()
    loss = (net(x).squeeze(1) - y).pow(2).mean()
    loss.backward()
    opt.step()
    print(epoch, loss.item(), correlation(net(x).squeeze(1), y))
