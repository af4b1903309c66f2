import torch
from torch import nn

torch.manual_seed(236)
cell = nn.GRUCell(1, 8)
readout = nn.Linear(8, 1)
optimizer = torch.optim.Adam([*cell.parameters(), *readout.parameters()], lr=0.02)
wave = torch.sin(0.5 * torch.arange(25.0))
history = []
for epoch in range(60):
    h = torch.zeros(1, 8)
    step_losses = []
    for now, then in zip(wave[:-1], wave[1:]):
        h = cell(now.view(1, 1), h)
        step_losses.append((readout(h).squeeze() - then) ** 2)
    total = torch.stack(step_losses).mean()
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    history.append(total.item())
