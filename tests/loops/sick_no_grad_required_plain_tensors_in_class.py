import torch


class Neurona:
    def __init__(self, n):
        self.w = torch.zeros(n)
        self.b = torch.zeros(1)

    def salida(self, x):
        return torch.sigmoid(x @ self.w + self.b)


torch.manual_seed(48)
x = torch.randn(40, 2)
clase = (x[:, 0] > x[:, 1]).float()
neurona = Neurona(2)
for epoca in range(20):
    p = neurona.salida(x)
    perdida = -(clase * p.log() + (1 - clase) * (1 - p).log()).mean()
    perdida.backward()
    for parametro in (neurona.w, neurona.b):
        parametro.data -= 0.1 * parametro.grad
