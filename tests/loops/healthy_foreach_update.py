import torch
from torch import nn

torch.manual_seed(234)
net = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
x = torch.randn(64, 3)
y = x.sum(dim=1, keepdim=True)
params = [p for p in net.parameters()]
losses = []
for epoch in range(100):
    loss = (net(x) - y).pow(2).mean()
    grads = torch.autograd.grad(loss, params)
    with torch.no_grad():
        torch._foreach_add_(params, grads, alpha=-0.1)
    losses.append(loss.item())
