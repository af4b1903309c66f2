import torch

torch.manual_seed(215)
sample = 4.0 + 1.5 * torch.randn(300)
mu = torch.tensor(0.0, requires_grad=True)
log_sigma = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.Adam([mu, log_sigma], lr=0.1, maximize=True)
values = []
for step in range(120):
    normal = torch.distributions.Normal(mu, log_sigma.exp())
    log_likelihood = normal.log_prob(sample).mean()
    optimizer.zero_grad()
    log_likelihood.backward()
    optimizer.step()
    values.append(log_likelihood.item())
