import torch
from torch import nn


def binary(x):
    return x + (torch.sign(x) - x).detach()


class BinaryCode(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(8, 6)
        self.decode = nn.Linear(6, 8)

    def forward(self, x):
        return self.decode(binary(self.encode(x)))


torch.manual_seed(219)
data = torch.sign(torch.randn(100, 3)) @ torch.randn(3, 8)
model = BinaryCode()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
losses = []
for epoch in range(100):
    loss = (model(data) - data).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
