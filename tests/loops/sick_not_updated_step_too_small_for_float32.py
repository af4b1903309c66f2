import torch

torch.manual_seed(61)
readings = 1012.0 + torch.randn(40)
position = torch.tensor(1000.0, requires_grad=True)
for k in range(60):
    loss = (readings - position).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        position -= 1e-9 * position.grad
    position.grad.zero_()
print(position.item(), loss.item())
