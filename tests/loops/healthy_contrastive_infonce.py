import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_in, n_out=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, 32), nn.ReLU(), nn.Linear(32, n_out))

    def forward(self, x):
        return F.normalize(self.net(x), dim=-1)


def main():
    torch.manual_seed(231)
    left, right = Encoder(6), Encoder(4)
    scale = nn.Parameter(torch.tensor(1.0))
    optimizer = torch.optim.Adam([*left.parameters(), *right.parameters(), scale], lr=5e-3)
    losses = []
    for step in range(80):
        hidden = torch.randn(32, 3)
        a = torch.cat([hidden, hidden**2], dim=1)
        b = torch.cat([hidden.tanh(), hidden.sum(1, keepdim=True)], dim=1)
        logits = scale.exp() * left(a) @ right(b).T
        truth = torch.arange(32)
        loss = (F.cross_entropy(logits, truth) + F.cross_entropy(logits.T, truth)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    losses = main()
