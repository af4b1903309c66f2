import torch
from torch import nn

torch.manual_seed(328)
x = torch.rand(90, 2)
y = x[:, :1] ** 2 + x[:, 1:]
train, test = slice(0, 60), slice(60, 90)
model = nn.Sequential(nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 1))
mse = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
table = [(0, mse(model(x[test]), y[test]).item())]
for epoch in range(1, 61):
    loss = mse(model(x[train]), y[train])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        test_loss = mse(model(x[test]), y[test])
        table.append((epoch, float(test_loss)))
