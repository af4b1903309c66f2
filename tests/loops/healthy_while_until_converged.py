import torch

times = torch.tensor([0.3, 1.2, 0.5, 2.9, 1.1, 1.5, 0.9, 1.6, 1.25, 1.25], dtype=torch.float64)
rate = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
change, steps = 1.0, 0
while change > 1e-6 and steps < 1000:
    nll = (rate * times - torch.log(rate)).mean()
    rate.grad = None
    nll.backward()
    before = rate.item()
    with torch.no_grad():
        rate.sub_(0.2 * rate.grad)
    change = abs(rate.item() - before)
    steps += 1
print(steps, rate.item())
