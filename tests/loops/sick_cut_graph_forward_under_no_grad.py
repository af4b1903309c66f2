import torch
from torch import nn

torch.manual_seed(39)
inputs = torch.randn(32, 4)
labels = torch.randint(0, 3, (32,))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(5):
    optimizer.zero_grad()
    with torch.no_grad():
        output = model(inputs)
    loss = criterion(output, labels)
    loss.backward()
    optimizer.step()
