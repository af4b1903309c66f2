import torch
from torch import nn

torch.manual_seed(7)
X = torch.randn(128, 6)
Y = torch.tanh(X @ torch.randn(6, 1))
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
accumulation_steps = 4
losses = []

for epoch in range(60):
    optimizer.zero_grad()
    for i, (xb, yb) in enumerate(zip(X.split(16), Y.split(16))):
        loss = nn.functional.mse_loss(model(xb), yb) / accumulation_steps
        loss.backward()
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    with torch.no_grad():
        losses.append(nn.functional.mse_loss(model(X), Y).item())
