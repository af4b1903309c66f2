import copy

import torch
from torch import nn

torch.manual_seed(246)
net = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
average = copy.deepcopy(net)
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
x = torch.randn(100, 3)
y = x[:, :1].abs()
losses, snapshots = [], []
for epoch in range(80):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()
    losses.append(loss.item())
    if epoch >= 60:
        snapshots.append({k: v.clone() for k, v in net.state_dict().items()})
average.load_state_dict({k: torch.stack([s[k] for s in snapshots]).mean(0) for k in snapshots[0]})
with torch.no_grad():
    print("average:", nn.functional.mse_loss(average(x), y).item())
