import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 8)
        self.hidden = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.last = nn.Linear(8, 1)

    def forward(self, x):
        x = torch.relu(self.first(x))
        for i in range(len(self.hidden) - 1):
            x = torch.relu(self.hidden[i](x))
        return self.last(x)


torch.manual_seed(305)
model = MLP()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
x = torch.rand(100, 2) * 2 - 1
y = (x[:, :1] * x[:, 1:]).abs()
for epoch in range(60):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
