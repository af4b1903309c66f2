import torch
import torch.nn as nn
import torch.nn.functional as F


class Regressor(nn.Module):
    def __init__(self, n_features, hidden=16):
        super().__init__()
        self.hidden = nn.Linear(n_features, hidden)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.out(F.relu(self.hidden(x))).squeeze(-1)


torch.manual_seed(3)
features = torch.randn(80, 5)
targets = features @ torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0]) + 0.1 * torch.randn(80)

model = Regressor(5)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

history = []
optimizer.zero_grad()
for epoch in range(120):
    loss = F.mse_loss(model(features), targets)
    loss.backward()
    optimizer.step()
    history.append(loss.item())
print("final loss", history[-1])
