import torch
from torch import nn

torch.manual_seed(83)
table = torch.stack([torch.rand(50), torch.rand(50) * 10, torch.full((50,), 3.0)], dim=1)
y = table[:, :1] - 0.1 * table[:, 1:2]
X = (table - table.mean(dim=0)) / table.std(dim=0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(10):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    print(epoch, loss.item())
