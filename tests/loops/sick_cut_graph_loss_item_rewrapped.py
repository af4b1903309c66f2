import torch
from torch import nn

torch.manual_seed(34)
X = torch.randn(50, 3)
Y = X.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
losses = []
for epoch in range(40):
    loss = nn.functional.mse_loss(model(X), Y)
    loss = torch.tensor(loss.item(), requires_grad=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(losses[0], losses[-1])
