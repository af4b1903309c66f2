import torch
from torch import nn

torch.manual_seed(50)
X = torch.randn(100, 3)
Y = (X @ torch.tensor([1.0, 2.0, -1.0])).unsqueeze(1)
model = nn.Linear(3, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for epoch in range(50):
    predictions = model(X)
    loss = criterion(predictions, Y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    losses.append(loss.item())
print(losses[-1])
