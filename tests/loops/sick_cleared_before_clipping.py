import torch
from torch import nn

torch.manual_seed(310)
cell = nn.GRUCell(1, 6)
out = nn.Linear(6, 1)
params = [*cell.parameters(), *out.parameters()]
optimizer = torch.optim.SGD(params, lr=0.1)
series = torch.cos(0.4 * torch.arange(16.0)).view(-1, 1, 1)
losses = []
for epoch in range(15):
    h = torch.zeros(1, 6)
    loss = 0.0
    for now, then in zip(series[:-1], series[1:]):
        h = cell(now, h)
        loss = loss + (out(h) - then).pow(2).mean()
    loss.backward()
    optimizer.zero_grad(set_to_none=False)
    nn.utils.clip_grad_norm_(params, 1.0)
    optimizer.step()
    losses.append(loss.item())
