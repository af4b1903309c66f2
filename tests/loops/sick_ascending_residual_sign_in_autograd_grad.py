import torch

torch.manual_seed(71)
X = torch.randn(100, 2)
y = (X[:, 0] - 0.5 * X[:, 1] > 0).float()
w = torch.zeros(2, requires_grad=True)
c = torch.zeros(1, requires_grad=True)
lr = 0.5
losses = []
for epoch in range(40):
    z = X @ w + c
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    gw, gc = torch.autograd.grad(loss, [w, c])
    with torch.no_grad():
        w.copy_(w + lr * gw)
        c.copy_(c + lr * gc)
    losses.append(loss.item())
