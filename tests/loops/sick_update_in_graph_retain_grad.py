# Newton's law of cooling: find k from temperatures
import torch

t = torch.linspace(0, 5, 40)
room, start = 20.0, 90.0
measured = room + (start - room) * torch.exp(-0.7 * t)

k = torch.tensor(0.3, requires_grad=True)
rate = 2e-4
for i in range(40):
    temperature = room + (start - room) * torch.exp(-k * t)
    loss = (temperature - measured).pow(2).mean()
    loss.backward()
    k = k - rate * k.grad
    k.retain_grad()
print("k =", k.item())
