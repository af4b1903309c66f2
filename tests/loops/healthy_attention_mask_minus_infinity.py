import torch
from torch import nn

torch.manual_seed(212)
T, d = 6, 12
tokens = torch.randint(0, 5, (32, T))
targets = torch.cumsum(tokens, dim=1) % 5
embed, position = nn.Embedding(5, d), nn.Parameter(0.1 * torch.randn(T, d))
qkv, out = nn.Linear(d, 3 * d), nn.Sequential(nn.Linear(d, 64), nn.ReLU(), nn.Linear(64, 5))
causal = torch.triu(torch.full((T, T), float("-inf")), diagonal=1)
params = [*embed.parameters(), position, *qkv.parameters(), *out.parameters()]
optimizer = torch.optim.Adam(params, lr=0.02)
losses = []
for step in range(120):
    h = embed(tokens) + position
    q, k, v = qkv(h).chunk(3, dim=-1)
    weights = torch.softmax(q @ k.mT / d**0.5 + causal, dim=-1)
    loss = nn.functional.cross_entropy(out(h + weights @ v).flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
