import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(221)
online = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 4))
predictor = nn.Linear(4, 4)
target = copy.deepcopy(online)
optimizer = torch.optim.Adam([*online.parameters(), *predictor.parameters()], lr=0.01)
data = torch.randn(100, 6)


def view(x):
    return x + 0.1 * torch.randn_like(x)


def update_target(rate=0.95):
    for slow, fast in zip(target.parameters(), online.parameters()):
        slow.data = rate * slow.data + (1 - rate) * fast.data


losses = []
for step in range(60):
    a, b = view(data), view(data)
    guess = predictor(online(a))
    loss = 1 - F.cosine_similarity(guess, target(b).detach(), dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    update_target()
    losses.append(loss.item())
