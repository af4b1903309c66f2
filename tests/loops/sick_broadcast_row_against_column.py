import torch


class SpringFit:
    """Hooke's law F = k x, least squares by descent."""

    def __init__(self):
        self.k = torch.tensor([[1.0]], requires_grad=True)

    def predict(self, x):
        return x @ self.k


torch.manual_seed(92)
stretch = torch.linspace(0.0, 0.5, 25).reshape(-1, 1)
observed = (12.0 * stretch + 0.05 * torch.randn(25, 1)).T
fit = SpringFit()
opt = torch.optim.SGD([fit.k], lr=0.5)
for _ in range(50):
    predicted = fit.predict(stretch)
    residual = observed - predicted
    loss = residual.pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("k =", fit.k.item())
