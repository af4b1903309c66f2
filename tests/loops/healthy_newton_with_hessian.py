import torch

torch.manual_seed(32)
X = torch.cat([torch.ones(80, 1), torch.randn(80, 2)], dim=1).double()
labels = (torch.rand(80) < torch.sigmoid(X @ torch.tensor([0.3, 1.0, -1.0]).double())).double()
w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
gradients = []
for iteration in range(8):
    z = X @ w
    nll = torch.nn.functional.binary_cross_entropy_with_logits(z, labels)
    (g,) = torch.autograd.grad(nll, w, create_graph=True)
    H = torch.stack([torch.autograd.grad(g[i], w, retain_graph=True)[0] for i in range(3)])
    with torch.no_grad():
        w -= torch.linalg.solve(H, g)
    gradients.append(g.norm().item())
