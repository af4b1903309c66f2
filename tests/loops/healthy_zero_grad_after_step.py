import torch

torch.manual_seed(10)
A = torch.randn(40, 5)
target = A @ torch.arange(5.0)
w = torch.nn.Parameter(torch.zeros(5))
optimizer = torch.optim.SGD([w], lr=0.1)
losses = []
for _ in range(60):
    loss = torch.nn.functional.mse_loss(A @ w, target)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
