import copy

import torch
from torch import nn

torch.manual_seed(63)
template = nn.Linear(4, 1)
optimizer = torch.optim.SGD(template.parameters(), lr=0.1)
net = copy.deepcopy(template)

X = torch.randn(50, 4)
y = X @ torch.tensor([[1.0], [0.0], [2.0], [0.0]])
for epoch in range(30):
    prediction = net(X)
    loss = ((prediction - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
