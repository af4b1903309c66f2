import torch


class LinearUnit:
    def __init__(self, n_inputs, lr=0.05):
        self.w = torch.zeros(n_inputs, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)
        self.lr = lr

    def __call__(self, x):
        return x @ self.w + self.b

    @torch.no_grad()
    def update(self):
        self.w = self.w - self.lr * self.w.grad
        self.b.sub_(self.lr * self.b.grad)
        self.b.grad.zero_()


torch.manual_seed(14)
x = torch.randn(64, 3)
y = x @ torch.tensor([0.5, -1.0, 2.0]) + 0.3

unit = LinearUnit(3)
for epoch in range(20):
    loss = torch.nn.functional.mse_loss(unit(x), y)
    loss.backward()
    unit.update()
    print(epoch, float(loss.detach()))
