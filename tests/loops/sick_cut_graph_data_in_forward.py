import torch
from torch import nn


class TwoStage(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 8)
        self.outer = nn.Linear(8, 2)

    def forward(self, x):
        h = self.inner(x).data
        h = torch.tanh(h)
        return self.outer(h)


def train(net, x, labels, epochs=60):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(net(x), labels)
        loss.backward()
        optimizer.step()
    return loss.item()


torch.manual_seed(37)
x = torch.randn(100, 2)
labels = ((x[:, 0] * x[:, 1]) > 0).long()
net = TwoStage()
print("loss:", train(net, x, labels))
