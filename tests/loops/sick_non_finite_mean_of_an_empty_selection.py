import torch

torch.manual_seed(85)
x = torch.rand(40)
y = 3 * x + 1
a = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([a, b], lr=0.1)
history = []
for epoch in range(150):
    errors = (a * x + b - y).abs()
    hard = errors[errors > 0.5].mean()
    optimizer.zero_grad()
    hard.backward()
    optimizer.step()
    history.append(hard.item())
