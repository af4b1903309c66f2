import torch
from torch import nn

torch.manual_seed(58)
x = torch.randn(64, 3)
y = x.mean(dim=1, keepdim=True)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: epoch // 100)
losses = []
for epoch in range(60):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    warmup.step()
    losses.append(loss.item())
