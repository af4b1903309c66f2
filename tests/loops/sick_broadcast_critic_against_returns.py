import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(90)
value_net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(value_net.parameters(), lr=0.02)


def collect(n=40):
    states = torch.rand(n, 2)
    rewards = 2 * states[:, 0] - states[:, 1]
    return states, rewards


for iteration in range(60):
    states, returns = collect()
    values = value_net(states)
    value_loss = F.smooth_l1_loss(values, returns)
    optimizer.zero_grad()
    value_loss.backward()
    optimizer.step()
spread = (values.detach().std() / returns.std()).item()
print("spread of the values over spread of the returns:", spread)
