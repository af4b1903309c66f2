import torch

torch.manual_seed(43)
basis = torch.randn(4)
x = torch.randn(30, 4)
y = x @ (2.5 * basis)
scale = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([scale], lr=0.05)
losses = []
for step in range(40):
    weight = torch.nn.Parameter(scale * basis)
    loss = (x @ weight - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
