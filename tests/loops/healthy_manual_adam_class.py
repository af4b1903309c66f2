import math

import torch
from torch import nn


class MyAdam:
    def __init__(self, params, lr=1e-3, b1=0.9, b2=0.999, tiny=1e-8):
        self.params = list(params)
        self.lr, self.b1, self.b2, self.tiny = lr, b1, b2, tiny
        self.m = [torch.zeros_like(p.data) for p in self.params]
        self.v = [torch.zeros_like(p.data) for p in self.params]
        self.t = 0

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.data.zero_()

    def step(self):
        self.t += 1
        for p, m, v in zip(self.params, self.m, self.v):
            g = p.grad.data
            m.mul_(self.b1).add_(g, alpha=1 - self.b1)
            v.mul_(self.b2).addcmul_(g, g, value=1 - self.b2)
            scale = self.lr * math.sqrt(1 - self.b2**self.t) / (1 - self.b1**self.t)
            p.data.addcdiv_(m, v.sqrt().add_(self.tiny), value=-scale)


torch.manual_seed(203)
model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
x = torch.rand(80, 2) * 2 - 1
y = (x[:, :1] ** 2 - x[:, 1:]).clone()
opt = MyAdam(model.parameters(), lr=0.02)
losses = []
for epoch in range(120):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
    losses.append(loss.item())
