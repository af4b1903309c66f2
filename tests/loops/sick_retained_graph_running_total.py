import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(95)
dataset = TensorDataset(torch.randn(160, 3), torch.randn(160, 1))
loader = DataLoader(dataset, batch_size=8)
model = nn.Linear(3, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

total_loss = 0
batches = 0
for epoch in range(4):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total_loss += loss
        batches += 1
    print(f"epoch {epoch}: mean loss {total_loss / batches:.4f}")
