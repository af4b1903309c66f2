import torch
from torch import nn

torch.manual_seed(204)
X = torch.randn(300, 3)
y = X @ torch.tensor([2.0, -1.0, 0.5]) + 0.3 * torch.randn(300)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.03)
losses = []
for step in range(200):
    pick = torch.randint(0, 300, (2,))
    loss = (model(X[pick]).squeeze(1) - y[pick]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
