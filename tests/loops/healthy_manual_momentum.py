import torch

torch.manual_seed(202)
x = torch.rand(50) * 5
y = -1.5 * x + 4 + 0.2 * torch.randn(50)
pendiente = torch.tensor(0.0, requires_grad=True)
ordenada = torch.tensor(0.0, requires_grad=True)
velocidad = [torch.zeros(()), torch.zeros(())]
lr, inercia = 0.01, 0.9
losses = []
for epoca in range(200):
    perdida = ((pendiente * x + ordenada - y) ** 2).mean()
    perdida.backward()
    with torch.no_grad():
        for v, p in zip(velocidad, (pendiente, ordenada)):
            v.mul_(inercia).sub_(lr * p.grad)
            p.add_(v)
            p.grad.zero_()
    losses.append(perdida.item())
