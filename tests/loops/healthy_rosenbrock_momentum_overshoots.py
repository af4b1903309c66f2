import torch

p = torch.tensor([-0.5, 0.6], dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([p], lr=1e-3, momentum=0.95)
values = []
for it in range(600):
    optimizer.zero_grad()
    value = (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
    value.backward()
    optimizer.step()
    values.append(value.item())
print(p)
