import torch

torch.manual_seed(205)
setpoint = 3.0
lower = torch.tensor(1.0)
signal = torch.randn(32, requires_grad=True)
optimizer = torch.optim.SGD([signal], lr=2.0)
for step in range(80):
    tracking = (signal - setpoint).pow(2).mean()
    floor = torch.relu(lower - signal).pow(2).mean()
    loss = tracking + floor
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
