import torch

torch.manual_seed(47)
x = torch.rand(30)
y = 3 * x
slope = torch.tensor([0.0])
optimizer = torch.optim.SGD([slope], lr=0.5)
losses = []
for i in range(30):
    loss = ((slope * x - y) ** 2).mean()
    loss.requires_grad = True
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print("slope", slope)
