import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(237)
shared = nn.Linear(4, 8)
value, sign = nn.Linear(8, 1), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*shared.parameters(), *value.parameters(), *sign.parameters()], lr=0.1)
x = torch.randn(60, 4)
target = x[:, :1] + 0.5 * x[:, 1:2]
losses = []
for epoch in range(80):
    features = torch.tanh(shared(x))
    loss_value = F.mse_loss(value(features), target)
    loss_sign = F.binary_cross_entropy_with_logits(sign(features), (target > 0).float())
    optimizer.zero_grad()
    loss_value.backward(retain_graph=True)
    loss_sign.backward()
    optimizer.step()
    losses.append(loss_value.item() + loss_sign.item())
