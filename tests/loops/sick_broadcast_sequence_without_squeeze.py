import torch
from torch import nn

torch.manual_seed(91)
waves = torch.sin(torch.arange(12)[None, :] * 0.5 + torch.arange(12.0)[:, None])
inputs = waves.unsqueeze(-1)
targets = torch.roll(waves, -1, dims=1)
gru = nn.GRU(1, 10, batch_first=True)
linear = nn.Linear(10, 1)
optimizer = torch.optim.Adam([*gru.parameters(), *linear.parameters()], lr=0.02)
for epoch in range(30):
    optimizer.zero_grad()
    hidden, _ = gru(inputs)
    outputs = linear(hidden)
    loss = (outputs - targets).abs().mean()
    loss.backward()
    optimizer.step()
print(loss.item())
