import torch
import torch.nn as nn

torch.manual_seed(315)
x = torch.randn(80, 2)
target = (x[:, 0] - x[:, 1] > 0).float()


class Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


model = Logistic()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(80):
    p = model(x)
    loss = -(target * torch.log(p) + (1 - target) * torch.log(1 - p)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
