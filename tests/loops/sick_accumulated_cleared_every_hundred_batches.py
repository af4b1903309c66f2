import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x):
        return self.fc(torch.flatten(F.relu(self.conv(x)), 1))


torch.manual_seed(301)
images = torch.randn(240, 1, 6, 6)
labels = images.view(240, 3, 12).mean(dim=2).argmax(dim=1)
loader = DataLoader(TensorDataset(images, labels), batch_size=12, shuffle=True)
model = ConvNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
log = []
i = 0
for epoch in range(5):
    for image, label in loader:
        loss = F.cross_entropy(model(image), label)
        loss.backward()
        optimizer.step()
        log.append(loss.item())
        if i % 100 == 0:
            optimizer.zero_grad()
            print(f"[{epoch}, {i}] loss {loss.item():.3f}")
        i += 1
