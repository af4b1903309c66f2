import torch

torch.manual_seed(80)
X = torch.cat([torch.randn(40, 2) + 4, torch.randn(40, 2) - 4])
X = torch.cat([X, torch.tensor([[60.0, 60.0]])])
labels = torch.cat([torch.ones(40), torch.zeros(40), torch.ones(1)])
w = torch.zeros(2, requires_grad=True)
losses = []
for epoch in range(20):
    p = torch.sigmoid(X @ w)
    loss = -(labels * torch.log(p) + (1 - labels) * torch.log(1 - p)).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.5 * w.grad
        w.grad.zero_()
    losses.append(loss.item())
