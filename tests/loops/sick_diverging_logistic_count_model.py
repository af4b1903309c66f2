import torch

torch.manual_seed(79)
x = torch.randn(80, 2)
counts = torch.poisson(torch.exp(1.5 + x @ torch.tensor([0.8, -0.6])))
w = torch.zeros(2, requires_grad=True)
c = torch.zeros((), requires_grad=True)
learning_rate = 0.5
losses = []
for epoch in range(12):
    log_rate = x @ w + c
    loss = (log_rate.exp() - counts * log_rate).mean()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        for p in (w, c):
            p -= learning_rate * p.grad
            p.grad.zero_()
