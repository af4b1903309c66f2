import torch


class Red:
    def __init__(self, entradas, ocultas, generador):
        self.pesos = {
            "W1": torch.randn(entradas, ocultas, generator=generador) / entradas**0.5,
            "b1": torch.zeros(ocultas),
            "W2": torch.randn(ocultas, 1, generator=generador) / ocultas**0.5,
            "b2": torch.zeros(1),
        }
        for peso in self.pesos.values():
            peso.requires_grad = True

    def __call__(self, x):
        oculta = torch.tanh(x @ self.pesos["W1"] + self.pesos["b1"])
        return oculta @ self.pesos["W2"] + self.pesos["b2"]

    def paso(self, perdida, tasa):
        gradientes = torch.autograd.grad(perdida, list(self.pesos.values()))
        with torch.no_grad():
            for peso, gradiente in zip(self.pesos.values(), gradientes):
                peso -= tasa * gradiente


generador = torch.Generator().manual_seed(330)
x = torch.rand(120, 2, generator=generador) * 2 - 1
y = (x[:, :1] - 0.5 * x[:, 1:]) ** 2
red = Red(2, 12, generador)
tasa, historial = 0.2, []
for epoca in range(60):
    orden = torch.randperm(120, generator=generador)
    suma = 0.0
    for lote in orden.split(30):
        perdida = ((red(x[lote]) - y[lote]) ** 2).mean()
        red.paso(perdida, tasa)
        suma += perdida.item()
    historial.append(suma / 4)
    if epoca == 40:
        tasa /= 2
