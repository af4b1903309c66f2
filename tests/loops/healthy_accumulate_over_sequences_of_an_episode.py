import torch
import torch.nn as nn

torch.manual_seed(9)
rnn = nn.GRU(1, 8, batch_first=True)
readout = nn.Linear(8, 1)
params = list(rnn.parameters()) + list(readout.parameters())
opt = torch.optim.Adam(params, lr=0.02)

history = []
for group in range(25):
    opt.zero_grad(set_to_none=True)
    total = 0.0
    lengths = [3, 5, 8]
    for length in lengths:
        seq = torch.randn(1, length, 1)
        target = seq.sum(dim=1)
        out, _ = rnn(seq)
        loss = (readout(out[:, -1]) - target).pow(2).mean() / len(lengths)
        loss.backward()
        total += loss.item()
    opt.step()
    history.append(total)
