import torch
from torch import nn


def accuracy(model, x, labels):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(dim=1) == labels).float().mean().item()


torch.manual_seed(222)
x = torch.randn(200, 10)
labels = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(
    nn.Linear(10, 32),
    nn.BatchNorm1d(32),
    nn.ReLU(),
    nn.Dropout(0.3),
    nn.Linear(32, 2),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
accuracies = []
for epoch in range(10):
    model.train()
    for batch in torch.randperm(200).split(25):
        optimizer.zero_grad()
        criterion(model(x[batch]), labels[batch]).backward()
        optimizer.step()
    accuracies.append(accuracy(model, x, labels))
