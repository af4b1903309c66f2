import torch
from torch import nn

torch.manual_seed(239)
x = torch.randn(100, 3)
targets = torch.stack([x[:, 0] - x[:, 1], 2 * x[:, 2]], dim=1)
targets[torch.rand(100, 2) < 0.3] = float("nan")
present = ~torch.isnan(targets)
model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
losses = []
for epoch in range(50):
    guess = model(x)
    loss = (guess[present] - targets[present]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
