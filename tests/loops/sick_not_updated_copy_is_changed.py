import torch

torch.manual_seed(57)
x = torch.rand(30, 1)
y = 4 * x - 1
parameters = [torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)]
lr = 0.2
first = None
for it in range(40):
    loss = (x @ parameters[0] + parameters[1] - y).pow(2).mean()
    first = loss.item() if first is None else first
    loss.backward()
    values = [p.detach().clone() for p in parameters]
    for value, p in zip(values, parameters):
        value -= lr * p.grad
        p.grad.zero_()
print("loss", loss.item())
