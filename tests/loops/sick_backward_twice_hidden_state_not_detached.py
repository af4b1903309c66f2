import torch
from torch import nn

torch.manual_seed(102)
song = torch.randint(0, 5, (61,))
embed = nn.Embedding(5, 6)
lstm = nn.LSTM(6, 10)
head = nn.Linear(10, 5)
optimizer = torch.optim.Adam([*embed.parameters(), *lstm.parameters(), *head.parameters()], lr=0.01)
state = (torch.zeros(1, 10), torch.zeros(1, 10))
for start in range(0, 60, 15):
    piece = embed(song[start : start + 15])
    output, state = lstm(piece, state)
    loss = nn.functional.cross_entropy(head(output), song[start + 1 : start + 16])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
