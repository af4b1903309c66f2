import torch

torch.manual_seed(28)
latent, dim = 2, 6
data = torch.randn(150, latent) @ torch.randn(latent, dim)
W = (0.3 * torch.randn(dim, latent)).requires_grad_()
bias = torch.zeros(dim, requires_grad=True)
opt = torch.optim.Adam([W, bias], lr=0.02)
errors = []
for epoch in range(150):
    code = data @ W
    rebuilt = code @ W.T + bias
    error = (rebuilt - data).pow(2).mean()
    opt.zero_grad()
    error.backward()
    opt.step()
    errors.append(error.item())
