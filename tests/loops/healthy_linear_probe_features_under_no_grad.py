import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(18)
encoder = nn.Sequential(nn.Linear(4, 64), nn.Tanh())
inputs = torch.randn(120, 4)
labels = (inputs.norm(dim=1) > 1.9).long()
encoder.eval()
with torch.no_grad():
    features = encoder(inputs)

probe = nn.Linear(64, 2)
optimizer = torch.optim.SGD(probe.parameters(), lr=0.5, momentum=0.9)
losses = []
for epoch in range(100):
    loss = F.cross_entropy(probe(features), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if epoch % 20 == 0:
        print(epoch, loss.item())
