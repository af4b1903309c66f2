import torch


class Trainer:
    def __init__(self):
        self.w = torch.randn(3, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)
        self.opt = torch.optim.SGD([self.w, self.b], lr=0.05)

    def reset(self):
        self.w = torch.randn(3, requires_grad=True)

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            self.opt.zero_grad()
            loss = (x @ self.w + self.b - y).abs().mean()
            loss.backward()
            self.opt.step()
        return loss.item()


torch.manual_seed(67)
x = torch.randn(90, 3)
y = x @ torch.tensor([1.0, 2.0, 3.0]) + 4
trainer = Trainer()
trainer.reset()
w_after_reset = trainer.w.detach().clone()
print("final loss", trainer.fit(x, y, 60))
