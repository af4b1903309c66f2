import torch

g = torch.Generator().manual_seed(9)
X = torch.randn(120, 3, generator=g)
true_w = torch.tensor([1.0, -1.5, 2.0])
labels = (X @ true_w > 0).float()

w = torch.zeros(3, requires_grad=True)
rate = 3.0
losses = []
step = 0
while step < 60:
    logits = X @ w
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels) + 0.05 * w.pow(2).sum()
    loss.backward()
    grad = w.grad
    with torch.no_grad():
        w.sub_(rate * grad)
    grad = torch.zeros_like(grad)
    losses.append(loss.item())
    step += 1

print("accuracy", ((X @ w > 0).float() == labels).float().mean().item())
