import torch
from torch import nn

torch.manual_seed(59)
data = torch.randn(80, 2) @ torch.randn(2, 5)
encoder = nn.Linear(5, 2)
decoder = nn.Linear(2, 5)
start = decoder.weight.detach().clone()
optimizer = torch.optim.Adam(encoder.parameters(), lr=0.01)
losses = []
for epoch in range(80):
    encoder.zero_grad()
    decoder.zero_grad()
    loss = (decoder(encoder(data)) - data).pow(2).mean()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(losses[0], "->", losses[-1])
