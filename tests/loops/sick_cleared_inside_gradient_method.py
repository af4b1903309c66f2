import torch


class Modelo:
    def __init__(self):
        self.parametros = [torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)]
        self.gradientes = []

    def predecir(self, x):
        w, b = self.parametros
        return x @ w + b

    def calcular_gradientes(self, x, y):
        loss = (self.predecir(x) - y).pow(2).mean()
        loss.backward()
        self.gradientes = [p.grad for p in self.parametros]
        for parametro in self.parametros:
            parametro.grad.zero_()
        return loss.item()

    def actualizar(self, tasa):
        with torch.no_grad():
            for p, g in zip(self.parametros, self.gradientes):
                p -= tasa * g


torch.manual_seed(309)
x = torch.randn(40, 2)
y = x @ torch.tensor([2.0, -2.0]) + 1
modelo = Modelo()
perdidas = []
for epoca in range(30):
    perdidas.append(modelo.calcular_gradientes(x, y))
    modelo.actualizar(0.1)
