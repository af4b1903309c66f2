import torch
from torch import nn

torch.manual_seed(87)
x = torch.rand(60) * 4 - 2
y = 2 * x + 1 + 0.1 * torch.randn(60)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(100):
    prediction = model(x.unsqueeze(1))
    loss = ((prediction - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
