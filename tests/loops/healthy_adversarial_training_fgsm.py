import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(217)
X = torch.cat([torch.randn(60, 2) + 1.5, torch.randn(60, 2) - 1.5])
labels = torch.cat([torch.zeros(60), torch.ones(60)]).long()
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)


def attack(x, y, strength=0.2):
    x = x.clone().requires_grad_(True)
    F.cross_entropy(model(x), y).backward()
    return (x + strength * x.grad.sign()).detach()


losses = []
for epoch in range(50):
    attacked = attack(X, labels)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(attacked), labels)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
