import torch
from torch import nn

torch.manual_seed(233)
body = nn.Sequential(nn.Linear(3, 12), nn.Tanh())
heads = [nn.Linear(12, 1), nn.Linear(12, 1)]
parameters = [*body.parameters(), *heads[0].parameters(), *heads[1].parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.1)
first, second = [], []
for step in range(200):
    x = torch.randn(16, 3)
    task = step % 2
    y = x[:, :1] if task == 0 else -x[:, 1:2]
    loss = (heads[task](body(x)) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    (first, second)[task].append(loss.item())
first = [sum(first[:10]), sum(first[-10:])]
second = [sum(second[:10]), sum(second[-10:])]
