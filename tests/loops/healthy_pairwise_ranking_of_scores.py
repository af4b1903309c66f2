import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(209)
X = torch.randn(40, 5)
relevance = X @ torch.tensor([1.0, 0.5, 0.0, -1.0, 2.0])
better = (relevance.unsqueeze(1) > relevance.unsqueeze(0)).float()
scorer = nn.Linear(5, 1)
optimizer = torch.optim.Adam(scorer.parameters(), lr=0.1)
order = []
for epoch in range(40):
    s = scorer(X)
    margin = s - s.T
    loss = (F.softplus(-margin) * better).sum() / better.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    order.append(((margin > 0) == better.bool()).float().mean().item())
