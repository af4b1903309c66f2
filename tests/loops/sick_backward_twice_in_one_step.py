import torch
from torch import nn

torch.manual_seed(100)
model = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(20, 2), torch.randn(20, 1)
for epoch in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    loss.backward()
    print(epoch, loss.item(), [p.grad.norm().item() for p in model.parameters()])
