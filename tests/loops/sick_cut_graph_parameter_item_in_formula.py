import torch

t = torch.linspace(0, 4, 80)
y = 3.0 * torch.exp(-0.9 * t)
a = torch.tensor(1.0, requires_grad=True)
k = torch.tensor(0.2, requires_grad=True)
for it in range(120):
    envelope = torch.exp(-k.item() * t)
    loss = (a * envelope - y).square().mean()
    loss.backward()
    with torch.no_grad():
        for p in (a, k):
            if p.grad is not None:
                p -= 0.1 * p.grad
                p.grad = None
print("a", a.item(), "k", k.item(), "loss", loss.item())
