import torch
from torch import nn

torch.manual_seed(307)
documents = torch.rand(6, 4)
wanted = torch.tensor([0.5, 0.3, 0.1, 0.05, 0.03, 0.02])
model = nn.Sequential(nn.Linear(4, 1), nn.Softplus(), nn.Flatten(0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(15):
    raw = model(documents)
    total = sum(raw.tolist())
    scores = torch.tensor([s / total for s in raw.tolist()])
    loss = (scores - wanted).abs().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
