import torch
import torch.nn as nn
import torch.nn.functional as F

text = "abracadabra abracadabra abracadabra "
vocabulary = sorted(set(text))
index = torch.tensor([vocabulary.index(c) for c in text])


class TinyLM(nn.Module):
    def __init__(self, size, width=12):
        super().__init__()
        self.embed = nn.Embedding(size, width)
        self.mix = nn.Linear(2 * width, width)
        self.out = nn.Linear(width, size, bias=False)
        self.out.weight = self.embed.weight

    def forward(self, pairs):
        h = self.embed(pairs).flatten(1)
        return self.out(torch.tanh(self.mix(h)))


torch.manual_seed(29)
lm = TinyLM(len(vocabulary))
optimizer = torch.optim.Adam(lm.parameters(), lr=0.02)
pairs = torch.stack([index[:-2], index[1:-1]], dim=1)
losses = []
for epoch in range(50):
    loss = F.cross_entropy(lm(pairs), index[2:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
