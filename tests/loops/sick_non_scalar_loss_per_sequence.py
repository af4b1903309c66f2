import torch
from torch import nn


def sequence_loss(prediction, target):
    return ((prediction - target) ** 2).sum(dim=(1, 2))


torch.manual_seed(318)
batch = torch.randn(8, 5, 2)
model = nn.LSTM(2, 2, batch_first=True)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    output, _ = model(batch)
    loss = sequence_loss(output, batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
