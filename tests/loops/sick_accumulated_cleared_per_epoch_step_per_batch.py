import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(6)
X = torch.randn(256, 4)
Y = X @ torch.tensor([[2.0], [-1.0], [0.5], [1.0]])
loader = DataLoader(TensorDataset(X, Y), batch_size=16, shuffle=True)

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.12)
loss_fn = nn.MSELoss()

epoch_losses, grad_norms = [], []
for epoch in range(6):
    running = 0.0
    optimizer.zero_grad()
    for xb, yb in loader:
        loss = loss_fn(model(xb), yb)
        loss.backward()
        grad_norms.append(model.weight.grad.norm().item())
        optimizer.step()
        running += loss.item()
    epoch_losses.append(running / len(loader))
    print(f"epoch {epoch}: {epoch_losses[-1]:.4f}")
best = 0.05
