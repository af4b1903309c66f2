import torch
from torch import nn

torch.manual_seed(24)
rnn = nn.RNN(2, 16, batch_first=True)
out = nn.Linear(16, 1)
parameters = list(rnn.parameters()) + list(out.parameters())
optimizer = torch.optim.RMSprop(parameters, lr=5e-3)
losses = []
for step in range(60):
    values = torch.rand(32, 6, 1)
    marks = torch.zeros(32, 6, 1)
    marks[:, 1], marks[:, 4] = 1, 1
    target = (values * marks).sum(dim=1)
    hidden, _ = rnn(torch.cat([values, marks], dim=2))
    loss = (out(hidden[:, -1]) - target).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, max_norm=0.5)
    optimizer.step()
    losses.append(loss.item())
