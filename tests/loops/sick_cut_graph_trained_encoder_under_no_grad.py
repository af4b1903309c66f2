import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(306)
encoder = nn.Sequential(nn.Linear(5, 10), nn.Tanh())
head = nn.Linear(10, 2)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.01)
x = torch.randn(100, 5)
labels = (x[:, 0] * x[:, 1] > 0).long()
for epoch in range(60):
    with torch.no_grad():
        features = encoder(x)
    loss = F.cross_entropy(head(features), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
