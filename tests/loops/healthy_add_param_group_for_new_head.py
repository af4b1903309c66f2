import torch
from torch import nn

torch.manual_seed(320)
body, head = nn.Sequential(nn.Linear(4, 16), nn.ReLU()), nn.Linear(16, 2)
optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.05, momentum=0.9)
head = nn.Linear(16, 3)
optimizer.add_param_group({"params": head.parameters(), "lr": 0.1})
x = torch.randn(120, 4)
labels = x[:, :3].argmax(dim=1)
losses = []
for epoch in range(60):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(head(body(x)), labels)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
