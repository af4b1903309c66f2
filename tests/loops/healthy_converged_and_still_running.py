import torch

torch.manual_seed(227)
X = torch.randn(40, 2)
y = X @ torch.tensor([1.0, 2.0])
w = torch.zeros(2, requires_grad=True)
losses = []
for it in range(150):
    loss = (X @ w - y).pow(2).mean()
    (g,) = torch.autograd.grad(loss, w)
    w.data.sub_(0.3 * g)
    losses.append(loss.item())
