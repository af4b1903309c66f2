import torch

torch.manual_seed(65)
coefficients = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.Adam([coefficients], lr=0.05)

x = torch.linspace(-1, 1, 50, dtype=torch.float64)
y = 1 + 2 * x - 3 * x**2
coefficients = coefficients.double().detach().requires_grad_()
powers = torch.stack([x**0, x, x**2], dim=1)
for epoch in range(100):
    optimizer.zero_grad()
    loss = (powers @ coefficients - y).pow(2).mean()
    loss.backward()
    optimizer.step()
print(coefficients)
