import torch
from torch import nn


class Recommender(nn.Module):
    def __init__(self, n_users, n_items, k=4):
        super().__init__()
        self.users = nn.Embedding(n_users, k)
        self.items = nn.Embedding(n_items, k)

    def forward(self, user, item):
        u = self.items(user)
        v = self.items(item)
        return (u * v).sum(dim=1)


torch.manual_seed(33)
n = 15
true = torch.randn(n, 3) @ torch.randn(3, n)
user, item = torch.randint(0, n, (200,)), torch.randint(0, n, (200,))
rating = true[user, item]

model = Recommender(n, n)
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
for epoch in range(60):
    optimizer.zero_grad()
    loss = (model(user, item) - rating).pow(2).mean()
    loss.backward()
    optimizer.step()
print("train loss", loss.item())
