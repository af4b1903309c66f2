import torch

torch.manual_seed(317)
x = torch.rand(30, 1)
y = torch.exp(1.2 * x)
w = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(20):
    loss = (torch.exp(x * w) - y).pow(2).mean()
    norm = torch.autograd.grad(loss, w)[0].norm()
    print(step, loss.item(), norm.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
