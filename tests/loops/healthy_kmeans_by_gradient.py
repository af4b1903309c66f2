import torch

torch.manual_seed(210)
middles = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]])
points = (middles[:, None, :] + 0.4 * torch.randn(3, 30, 2)).reshape(-1, 2)
centres = torch.tensor([[1.0, 1.0], [2.0, 0.5], [0.5, 2.0]], requires_grad=True)
losses = []
for step in range(60):
    squared = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(dim=2)
    loss = squared.min(dim=1).values.mean()
    if centres.grad is not None:
        centres.grad = None
    loss.backward()
    with torch.no_grad():
        centres -= 0.3 * centres.grad
    losses.append(loss.item())
