import torch
from torch import nn

torch.manual_seed(97)
data = torch.randn(60, 1, 2)
targets = data.cumsum(dim=0).mean(dim=2, keepdim=True)
rnn = nn.RNN(2, 8)
head = nn.Linear(8, 1)
optimizer = torch.optim.SGD(list(rnn.parameters()) + list(head.parameters()), lr=0.01)
hidden = torch.zeros(1, 1, 8)
for i in range(0, 60, 10):
    chunk, target = data[i : i + 10], targets[i : i + 10]
    out, hidden = rnn(chunk, hidden)
    loss = nn.functional.mse_loss(head(out), target)
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    optimizer.step()
