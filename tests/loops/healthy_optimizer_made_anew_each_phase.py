import torch
from torch import nn

torch.manual_seed(226)
layers = nn.ModuleList([nn.Linear(5, 16), nn.Linear(16, 16), nn.Linear(16, 1)])


def forward(x):
    for layer in layers[:-1]:
        x = torch.relu(layer(x))
    return layers[-1](x)


x = torch.randn(80, 5)
y = x[:, :1].abs() + x[:, 1:2]
losses = []
for phase in range(3):
    for depth, layer in enumerate(layers):
        layer.requires_grad_(depth >= len(layers) - 1 - phase)
    trainable = [p for p in layers.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trainable, lr=0.01)
    for epoch in range(40):
        optimizer.zero_grad()
        loss = (forward(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
