import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(2, 16)
        self.hidden2 = nn.Linear(16, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        x = torch.relu(self.hidden1(x))
        return self.out(x)


torch.manual_seed(27)
x = torch.rand(128, 2) * 2 - 1
y = (x[:, :1] * x[:, 1:] > 0).float()

net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(80):
    opt.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    opt.step()
print("loss", loss.item())
