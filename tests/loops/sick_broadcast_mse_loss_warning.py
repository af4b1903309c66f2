import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(88)
inputs = torch.randn(50, 5)
targets = inputs @ torch.tensor([1.0, 2.0, 0.0, -1.0, 0.5])

model = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 1))
criterion = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=0.02)
losses = []
for epoch in range(100):
    optimizer.zero_grad()
    outputs = model(inputs)
    loss = criterion(outputs, targets)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
