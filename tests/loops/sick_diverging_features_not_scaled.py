import torch
from torch import nn

torch.manual_seed(75)
rooms = torch.randint(1, 6, (80, 1)).float()
area = 40 * rooms + 10 * torch.randn(80, 1)
price = 2.0 * area + 15 * rooms + 20 + 5 * torch.randn(80, 1)
features = torch.cat([rooms, area], dim=1)

model = nn.Linear(2, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
losses = []
for epoch in range(40):
    optimizer.zero_grad()
    loss = criterion(model(features), price)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if epoch % 10 == 0:
        print("Epoch", epoch, "Loss", loss.item())
