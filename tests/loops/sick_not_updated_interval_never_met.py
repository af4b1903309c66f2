import torch
from torch import nn

torch.manual_seed(311)
batches = [(torch.randn(8, 3), torch.randn(8, 1)) for _ in range(5)]
model = nn.Linear(3, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
accumulate = 8
for epoch in range(12):
    for i, (xb, yb) in enumerate(batches):
        loss = nn.functional.mse_loss(model(xb), yb) / accumulate
        loss.backward()
        if (i + 1) % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
    print(epoch, loss.item() * accumulate)
