import torch
from torch import nn

torch.manual_seed(22)
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
inputs = torch.randn(40, 3)
classes = (inputs[:, 0] > inputs[:, 1]).long()
criterion = nn.CrossEntropyLoss()
lr = 0.1

for epoch in range(20):
    model.zero_grad()
    loss = criterion(model(inputs), classes)
    loss.backward()
    for param in model.parameters():
        param.sub_(lr * param.grad)
