import torch


class DescentFit:
    """Exponential decay y = a * exp(-k t), fitted by hand-made gradient descent."""

    def __init__(self, a=1.0, k=0.5, rate=0.05):
        self.a = torch.tensor(a, requires_grad=True)
        self.k = torch.tensor(k, requires_grad=True)
        self.rate = rate
        self.losses = []

    @property
    def parameters(self):
        return [self.a, self.k]

    def forward(self, t):
        return self.a * torch.exp(-self.k * t)

    def step(self):
        for p in self.parameters:
            p.data.add_(p.grad, alpha=-self.rate)

    def train(self, t, y, iterations):
        for _ in range(iterations):
            loss = (self.forward(t) - y).pow(2).mean()
            loss.backward()
            self.step()
            self.losses.append(loss.item())


torch.manual_seed(8)
t = torch.linspace(0, 3, 60)
y = 2.5 * torch.exp(-1.3 * t)
fit = DescentFit()
fit.train(t, y, 80)
print(fit.a.item(), fit.k.item(), fit.losses[-1])
