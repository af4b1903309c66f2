import torch
from torch import nn

torch.manual_seed(44)
x, y = torch.randn(40, 2), torch.randn(40, 1)
model = nn.Linear(2, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)


def evaluate(model):
    model.eval()
    torch.set_grad_enabled(False)
    score = criterion(model(x), y).item()
    model.train()
    return score


for epoch in range(3):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    print("epoch", epoch, evaluate(model))
