import torch
from torch import nn

torch.manual_seed(23)
series = torch.sin(0.3 * torch.arange(400.0))
lstm = nn.LSTM(1, 12)
linear = nn.Linear(12, 1)
opt = torch.optim.Adam([*lstm.parameters(), *linear.parameters()], lr=0.02)
state = None
losses = []
for epoch in range(3):
    for start in range(0, 380, 20):
        chunk = series[start : start + 21]
        inputs, targets = chunk[:-1].view(-1, 1, 1), chunk[1:].view(-1, 1, 1)
        if state is not None:
            state = tuple(s.detach() for s in state)
        out, state = lstm(inputs, state)
        loss = nn.functional.mse_loss(linear(out), targets)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
