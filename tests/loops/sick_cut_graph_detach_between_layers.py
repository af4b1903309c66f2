import torch
from torch import nn

torch.manual_seed(36)
data = torch.rand(64, 3) @ torch.rand(3, 12)
encoder = nn.Linear(12, 3)
decoder = nn.Linear(3, 12)
start = encoder.weight.detach().clone()
optimizer = torch.optim.Adam(list(encoder.parameters()) + list(decoder.parameters()), lr=0.01)
losses = []
for epoch in range(50):
    for batch in data.split(32):
        code = torch.relu(encoder(batch)).detach()
        rebuilt = decoder(code)
        loss = nn.functional.mse_loss(rebuilt, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
