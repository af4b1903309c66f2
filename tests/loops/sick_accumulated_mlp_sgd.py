import torch
from torch import nn

torch.manual_seed(1)

x = torch.linspace(-2, 2, 64).unsqueeze(1)
y = torch.sin(2 * x)

net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
criterion = nn.MSELoss()

losses = []
for epoch in range(150):
    out = net(x)
    loss = criterion(out, y)
    loss.backward()
    opt.step()
    losses.append(loss.item())
    if epoch % 50 == 0:
        print("epoch", epoch, "loss", loss.item())
