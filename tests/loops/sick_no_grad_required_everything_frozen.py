import torch
from torch import nn

torch.manual_seed(46)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 10))
model[2] = nn.Linear(16, 2)
for param in model.parameters():
    param.requires_grad = False

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
X = torch.randn(30, 6)
labels = torch.randint(0, 2, (30,))
for epoch in range(10):
    loss = criterion(model(X), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
