import torch


class Momentum:
    def __init__(self, params, lr=0.01, beta=0.8):
        self.params = list(params)
        self.lr, self.beta = lr, beta
        self.velocity = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        for i, p in enumerate(self.params):
            v = self.velocity[i]
            v = self.beta * v - self.lr * p.grad
            self.velocity[i] = v
            p.data = p.data - v


def run():
    torch.manual_seed(70)
    x = torch.randn(40, 2)
    y = x @ torch.tensor([1.0, -1.0])
    w = torch.zeros(2, requires_grad=True)
    opt = Momentum([w])
    history = []
    for _ in range(30):
        opt.zero_grad()
        loss = (x @ w - y).square().mean()
        loss.backward()
        opt.step()
        history.append(loss.item())
    return history


history = run()
print(history[0], history[-1])
