import torch

x = torch.linspace(0, 3, 50)
y = 1.5 * torch.sin(x) + 0.3
a = torch.tensor(0.5, requires_grad=True)
c = torch.tensor(0.0, requires_grad=True)
curves = []
for paso in range(80):
    y_pred = a * torch.sin(x) + c
    perdida = (y_pred - y).pow(2).mean()
    perdida.backward()
    with torch.no_grad():
        for p in (a, c):
            p -= 0.3 * p.grad
            p.grad.zero_()
    curves.append(y_pred)
