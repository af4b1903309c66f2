import random

import torch
from torch import nn

torch.manual_seed(22)
random.seed(22)
N = 5  # states 0..4, goal at 4, actions: 0 left, 1 right


def one_hot(states):
    return nn.functional.one_hot(torch.tensor(states), N).float()


def environment(state, action):
    nxt = max(0, state - 1) if action == 0 else min(N - 1, state + 1)
    return nxt, float(nxt == N - 1), nxt == N - 1


q_net = nn.Linear(N, 2)
target_net = nn.Linear(N, 2)
target_net.load_state_dict(q_net.state_dict())
optimizer = torch.optim.Adam(q_net.parameters(), lr=0.05)
memory, state = [], 0
for step in range(200):
    action = random.randrange(2)
    nxt, reward, done = environment(state, action)
    memory.append((state, action, reward, nxt, done))
    state = 0 if done else nxt
    if len(memory) < 20:
        continue
    s, a, r, s2, d = zip(*random.sample(memory, 16))
    q = q_net(one_hot(s)).gather(1, torch.tensor(a).unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        best = target_net(one_hot(s2)).max(dim=1).values
        y = torch.tensor(r) + 0.9 * best * (1 - torch.tensor(d, dtype=torch.float32))
    loss = nn.functional.smooth_l1_loss(q, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        target_net.load_state_dict(q_net.state_dict())
greedy = q_net(one_hot([0, 1, 2, 3])).argmax(dim=1).tolist()
