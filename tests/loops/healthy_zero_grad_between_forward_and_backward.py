import torch
from torch import nn

torch.manual_seed(11)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.05)
x = torch.linspace(0, 1, 50).view(-1, 1)
y = (6.28 * x).sin()
losses = []
for epoch in range(200):
    prediction = net(x)
    loss = ((prediction - y) ** 2).mean()
    opt.zero_grad(set_to_none=False)
    loss.backward()
    opt.step()
    losses.append(loss.item())
