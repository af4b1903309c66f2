import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class TinyCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Linear(6 * 16, 2)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def stripes(n):
    labels = torch.randint(0, 2, (n,))
    base = torch.tensor([1.0, -1.0]).repeat(4)
    images = torch.stack([base.expand(8, 8) if k else base.unsqueeze(1).expand(8, 8) for k in labels])
    return (images + 0.5 * torch.randn(n, 8, 8)).unsqueeze(1), labels


torch.manual_seed(248)
images, labels = stripes(160)
loader = DataLoader(TensorDataset(images, labels), 32, shuffle=True, generator=torch.Generator().manual_seed(0))
model = TinyCNN()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
for epoch in range(4):
    for batch, target in loader:
        optimizer.zero_grad()
        criterion(model(batch), target).backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    test_images, test_labels = stripes(100)
    correct = (model(test_images).argmax(1) == test_labels).float().mean().item()
