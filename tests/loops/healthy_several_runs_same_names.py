import torch

torch.manual_seed(245)
x = torch.rand(40)
y = 4 * x - 1 + 0.05 * torch.randn(40)
results = {}
for lr in (0.1, 0.3, 0.6):
    m = torch.tensor(0.0, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([m, b], lr=lr)
    start = None
    for step in range(150):
        loss = (m * x + b - y).square().mean()
        start = start or loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    results[lr] = (start, loss.item())
    print(f"lr={lr}: m={m.item():.3f} b={b.item():.3f} loss={loss.item():.5f}")
