import torch
from torch import nn

torch.manual_seed(41)
X = torch.randn(60, 5)
labels = (X[:, 0] > 0).float()
model = nn.Linear(5, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
mse = nn.MSELoss()

for epoch in range(20):
    predicted = model(X).argmax(dim=1).float()
    loss = mse(predicted, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    accuracy = (predicted == labels).float().mean()
    print(epoch, loss.item(), accuracy.item())
