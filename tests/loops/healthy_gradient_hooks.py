import torch
from torch import nn

torch.manual_seed(242)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
for p in model.parameters():
    p.register_hook(lambda g: g.clamp(-1.0, 1.0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(70, 2)
y = 3 * x[:, :1] - x[:, 1:]
losses, activation_gradients = [], []
for epoch in range(60):
    hidden = model[1](model[0](x))
    hidden.retain_grad()
    loss = nn.functional.mse_loss(model[2](hidden), y)
    optimizer.zero_grad()
    loss.backward()
    activation_gradients.append(hidden.grad.abs().mean().item())
    optimizer.step()
    losses.append(loss.item())
