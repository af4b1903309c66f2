import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def standardise(x):
    return (x - x.mean(dim=0)) / (x.std(dim=0) + 1e-6)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 8)
        self.b = nn.Linear(8, 1)

    def forward(self, x):
        return self.b(standardise(torch.relu(self.a(x))))


torch.manual_seed(314)
x = torch.randn(65, 3)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=32)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
history = []
for epoch in range(2):
    for xb, yb in loader:
        loss = (net(xb) - yb).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
