import torch
import torch.nn.functional as F


def init(sizes):
    return [torch.randn(a, b) / a**0.5 for a, b in zip(sizes[:-1], sizes[1:])]


def forward(x, weights):
    for W in weights[:-1]:
        x = F.relu(x @ W)
    return x @ weights[-1]


torch.manual_seed(20)
weights = [W.requires_grad_() for W in init([6, 12, 12, 1])]
x = torch.randn(50, 6)
y = x.prod(dim=1, keepdim=True)
lr = 1e-2

for epoch in range(10):
    loss = F.smooth_l1_loss(forward(x, weights), y)
    loss.backward()
    for i in range(len(weights)):
        weights[i] = weights[i] - lr * weights[i].grad
