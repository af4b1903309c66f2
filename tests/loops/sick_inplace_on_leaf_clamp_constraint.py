import torch

torch.manual_seed(25)
counts = torch.poisson(torch.tensor([4.0, 1.0, 9.0]).expand(50, 3))
rates = torch.ones(3, requires_grad=True)
optimizer = torch.optim.Adam([rates], lr=0.1)

for epoch in range(100):
    optimizer.zero_grad()
    nll = (rates - counts * torch.log(rates)).mean()
    nll.backward()
    optimizer.step()
    rates.clamp_(min=1e-3)
print(rates)
