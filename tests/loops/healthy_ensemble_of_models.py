import torch
from torch import nn

torch.manual_seed(252)
x = torch.linspace(-2, 2, 50).unsqueeze(1)
y = torch.sin(x) + 0.1 * torch.randn(50, 1)
models = [nn.Sequential(nn.Linear(1, 12), nn.Tanh(), nn.Linear(12, 1)) for _ in range(4)]
optimizers = [torch.optim.Adam(model.parameters(), lr=0.03) for model in models]
curves = [[] for _ in models]
for epoch in range(50):
    for model, optimizer, curve in zip(models, optimizers, curves):
        sample = torch.randint(0, 50, (50,))
        loss = nn.functional.mse_loss(model(x[sample]), y[sample])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append(loss.item())
spread = torch.stack([model(x).detach() for model in models]).std(dim=0)
