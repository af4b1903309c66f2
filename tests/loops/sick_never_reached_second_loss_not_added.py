import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(29)
X = torch.randn(90, 10)
kinds = (X[:, 0] + X[:, 1] > 0).long()
ages = X[:, 2:3] * 3

trunk = nn.Sequential(nn.Linear(10, 20), nn.ReLU())
kind_head = nn.Linear(20, 2)
age_head = nn.Linear(20, 1)
everything = [*trunk.parameters(), *kind_head.parameters(), *age_head.parameters()]
optimizer = torch.optim.SGD(everything, lr=0.1)

for epoch in range(50):
    h = trunk(X)
    age = age_head(h)
    loss_kind = F.cross_entropy(kind_head(h), kinds)
    loss_age = F.mse_loss(age, ages)
    loss = loss_kind
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, loss_kind.item(), loss_age.item())
