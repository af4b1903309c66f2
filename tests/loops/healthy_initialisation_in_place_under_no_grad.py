import torch
from torch import nn

torch.manual_seed(329)
layer_1, layer_2 = nn.Linear(3, 16), nn.Linear(16, 1)
with torch.no_grad():
    layer_1.weight.uniform_(-0.5, 0.5)
    layer_1.bias.zero_()
nn.init.xavier_normal_(layer_2.weight)
layer_2.bias.data.fill_(0.1)
scale = torch.empty((), requires_grad=True)
with torch.no_grad():
    scale.fill_(1.0)
optimizer = torch.optim.Adam([*layer_1.parameters(), *layer_2.parameters(), scale], lr=0.02)
x = torch.randn(70, 3)
y = 4 * torch.tanh(x[:, :1])
losses = []
for epoch in range(120):
    optimizer.zero_grad()
    loss = (scale * layer_2(torch.tanh(layer_1(x))) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
