import torch
from torch import nn

torch.manual_seed(321)
x = torch.randn(80, 3)
y = x @ torch.tensor([[1.0], [0.5], [-1.0]])
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: max(0.0, 1 - epoch / 50))
losses = []
for epoch in range(60):
    optimizer.zero_grad()
    loss = (model(x) - y).square().mean()
    loss.backward()
    optimizer.step()
    schedule.step()
    losses.append(loss.item())
