import torch

t = torch.linspace(0, 6, 100, dtype=torch.float64)
measured = 1.5 * torch.exp(-0.3 * t) * torch.cos(2.0 * t)

amplitude = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
decay = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
frequency = torch.tensor(1.9, dtype=torch.float64, requires_grad=True)
opt = torch.optim.LBFGS([amplitude, decay, frequency], lr=0.5, max_iter=10)


def residual():
    return amplitude * torch.exp(-decay * t) * torch.cos(frequency * t) - measured


def closure():
    opt.zero_grad()
    loss = residual().square().mean()
    loss.backward()
    return loss


for _ in range(15):
    opt.step(closure)
print(amplitude.item(), decay.item(), frequency.item())
