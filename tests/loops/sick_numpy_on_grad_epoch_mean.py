import numpy as np
import torch
from torch import nn

torch.manual_seed(319)
X, Y = torch.randn(60, 2), torch.randn(60, 1)
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(5):
    batch_losses = []
    for xb, yb in zip(X.split(20), Y.split(20)):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
        batch_losses.append(loss)
    print("epoch", epoch, "mean loss", np.mean(batch_losses))
