import torch
from torch import nn

torch.manual_seed(86)
d = 8
lengths = [4, 3, 0, 2]
mask = torch.arange(4)[None, :] < torch.tensor(lengths)[:, None]
tokens = torch.randn(4, 4, d)
targets = torch.randn(4, d)

query, key, value = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
params = [p for layer in (query, key, value) for p in layer.parameters()]
optimizer = torch.optim.Adam(params, lr=1e-2)
for step in range(5):
    q, k, v = query(tokens), key(tokens), value(tokens)
    scores = q @ k.transpose(1, 2) / d**0.5
    scores = scores.masked_fill(~mask.unsqueeze(1), float("-inf"))
    attention = torch.softmax(scores, dim=-1)
    pooled = (attention @ v).mean(dim=1)
    loss = (pooled - targets).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
