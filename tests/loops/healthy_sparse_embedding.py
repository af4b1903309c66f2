import torch
from torch import nn

torch.manual_seed(223)
table = nn.Embedding(50, 4, sparse=True)
readout = nn.Linear(4, 1)
sparse_optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.05)
dense_optimizer = torch.optim.SGD(readout.parameters(), lr=0.05)
worth = torch.randn(50)
losses = []
for step in range(200):
    ids = torch.randint(0, 40, (32,))
    loss = (readout(table(ids)).squeeze(1) - worth[ids]).pow(2).mean()
    for optimizer in (sparse_optimizer, dense_optimizer):
        optimizer.zero_grad()
    loss.backward()
    for optimizer in (sparse_optimizer, dense_optimizer):
        optimizer.step()
    losses.append(loss.item())
