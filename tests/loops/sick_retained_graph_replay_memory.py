import torch
from torch import nn

torch.manual_seed(99)
net = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
memory = []
state = torch.randn(3)
for step in range(120):
    q = net(state)
    action = int(q.argmax()) if torch.rand(1) > 0.1 else int(torch.randint(2, (1,)))
    reward = state[action]
    loss = (q[action] - reward) ** 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    memory.append((state, action, q.max()))
    state = torch.randn(3)
