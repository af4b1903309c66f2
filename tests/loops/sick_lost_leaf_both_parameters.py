import torch

torch.manual_seed(11)
x = torch.linspace(0, 1, 30)
y = 3 * x - 1 + 0.1 * torch.randn(30)

pendiente = torch.randn(1, requires_grad=True)
ordenada = torch.randn(1, requires_grad=True)
tasa = 0.1

for epoca in range(100):
    prediccion = pendiente * x + ordenada
    perdida = torch.mean((prediccion - y) ** 2)
    perdida.backward()
    with torch.no_grad():
        pendiente = pendiente - tasa * pendiente.grad
        ordenada = ordenada - tasa * ordenada.grad
    if epoca % 10 == 0:
        print(epoca, perdida.item())
