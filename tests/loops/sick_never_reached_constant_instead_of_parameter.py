import torch

DAMPING = 0.3
t = torch.linspace(0, 8, 120)
signal = 2.0 * torch.exp(-0.15 * t) * torch.cos(1.7 * t)

amplitude = torch.tensor(1.0, requires_grad=True)
omega = torch.tensor(1.65, requires_grad=True)
damping = torch.tensor(0.3, requires_grad=True)
optimizer = torch.optim.Adam([amplitude, omega, damping], lr=0.02)

losses = []
for it in range(120):
    optimizer.zero_grad()
    envelope = torch.exp(-DAMPING * t)
    model = amplitude * envelope * torch.cos(omega * t)
    loss = torch.mean((model - signal) ** 2)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(amplitude.item(), omega.item(), damping.item(), losses[-1])
