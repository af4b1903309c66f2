import torch

torch.manual_seed(79)
age = 20 + 60 * torch.rand(120)
income = 10 + 50 * torch.rand(120)
buys = (0.05 * (income - 35) - 0.03 * (age - 50) + 0.5 * torch.randn(120) > 0).float()
x = torch.stack([age, income], dim=1)
w = torch.zeros(2, requires_grad=True)
c = torch.zeros((), requires_grad=True)
learning_rate = 0.1
losses = []
for epoch in range(40):
    logits = x @ w + c
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, buys)
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        for p in (w, c):
            p -= learning_rate * p.grad
            p.grad.zero_()
