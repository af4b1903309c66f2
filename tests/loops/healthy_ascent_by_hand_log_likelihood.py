import torch

torch.manual_seed(216)
X = torch.cat([torch.ones(100, 1), torch.randn(100, 2)], dim=1)
y = torch.bernoulli(torch.sigmoid(X @ torch.tensor([0.2, 1.0, -1.0])))
w = torch.zeros(3, requires_grad=True)
values, gradient_norms = [], []
for step in range(120):
    z = X @ w
    log_likelihood = (y * z - torch.nn.functional.softplus(z)).mean()
    log_likelihood.backward()
    with torch.no_grad():
        w += 1.0 * w.grad
        values.append(log_likelihood.item())
        gradient_norms.append(w.grad.norm().item())
        w.grad.zero_()
