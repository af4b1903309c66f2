import torch
from torch import nn


class Mapper(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return self.layer(x)


torch.manual_seed(108)
mapper = Mapper()
adam = torch.optim.Adam(mapper.parameters())
x, target = torch.randn(30, 3), torch.randn(30, 2)
for epoch in range(10):
    out = mapper(x)
    loss = ((out - target) ** 2).mean(dim=0)
    adam.zero_grad()
    loss.backward()
    adam.step()
