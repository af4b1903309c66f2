import torch
from torch import nn

torch.manual_seed(224)
net = nn.Sequential(nn.Linear(4, 20), nn.GELU(), nn.Linear(20, 1))
decay = [p for n, p in net.named_parameters() if n.endswith("weight")]
no_decay = [p for n, p in net.named_parameters() if n.endswith("bias")]
optimizer = torch.optim.AdamW(
    [
        {"params": decay, "weight_decay": 0.01},
        {"params": no_decay, "weight_decay": 0.0, "lr": 0.005},
    ],
    lr=0.02,
)
x = torch.randn(100, 4)
y = x[:, :1] * x[:, 1:2] + x[:, 2:3]
losses = []
for epoch in range(100):
    optimizer.zero_grad()
    loss = nn.functional.huber_loss(net(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
