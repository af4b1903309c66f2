import torch
from torch import nn

torch.manual_seed(78)
layers = []
for _ in range(4):
    layers.append(nn.Linear(10, 10))
net = nn.Sequential(*layers)
optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
X = 3 * torch.randn(64, 10)
Y = X.flip(1)
losses = []
for epoch in range(15):
    loss = (net(X) - Y).pow(2).sum(dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
