import torch
from torch import nn

torch.manual_seed(107)
X = torch.randn(20, 4)
labels = torch.randint(0, 3, (20,))
model = nn.Linear(4, 3)
criterion = nn.CrossEntropyLoss(reduction="none")
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    optimizer.zero_grad()
    loss = criterion(model(X), labels)
    loss.backward()
    optimizer.step()
