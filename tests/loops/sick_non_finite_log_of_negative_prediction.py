import torch
import torch.nn as nn

torch.manual_seed(84)
x = torch.rand(64, 3)
target = 1 + x.sum(dim=1, keepdim=True)
model = nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
losses = []
for epoch in range(10):
    prediction = model(x) - 0.5
    loss = ((torch.log(prediction) - torch.log(target)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
