import torch

torch.manual_seed(8)
x = torch.randn(70, 2)
y = x @ torch.tensor([1.0, -3.0]) + 0.5
w = torch.zeros(2, requires_grad=True)
c = torch.zeros((), requires_grad=True)
every = 3
seen = 0
losses = []
for epoch in range(20):
    for start in range(0, 70, 10):
        xb, yb = x[start : start + 10], y[start : start + 10]
        loss = ((xb @ w + c - yb) ** 2).mean()
        loss.backward()
        seen += 1
        losses.append(loss.item())
        if seen % every == 0:
            with torch.no_grad():
                for p in (w, c):
                    p -= 0.1 / every * p.grad
                    p.grad.zero_()
