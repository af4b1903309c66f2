import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(27)
X = torch.randn(200, 5)
y = (X[:, 0] * 2 - X[:, 1] > 0).float().unsqueeze(1)
train_set, val_set = random_split(TensorDataset(X, y), [160, 40])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=40)

model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)


@torch.inference_mode()
def evaluate():
    model.eval()
    losses = [criterion(model(xb), yb).item() for xb, yb in val_loader]
    return sum(losses) / len(losses)


history = {"train": [], "val": []}
for epoch in range(12):
    model.train()
    total = 0.0
    for xb, yb in train_loader:
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    history["train"].append(total / len(train_set))
    history["val"].append(evaluate())
