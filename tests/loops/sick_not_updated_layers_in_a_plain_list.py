import torch
from torch import nn


class DeepNet(nn.Module):
    def __init__(self, width=8, depth=3):
        super().__init__()
        self.first = nn.Linear(2, width)
        self.layers = [nn.Linear(width, width) for _ in range(depth)]
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        x = torch.tanh(self.first(x))
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.last(x)


torch.manual_seed(60)
x = torch.randn(64, 2)
y = torch.sin(x[:, :1]) + x[:, 1:]
net = DeepNet()
start = net.layers[0].weight.detach().clone()
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
for epoch in range(40):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
