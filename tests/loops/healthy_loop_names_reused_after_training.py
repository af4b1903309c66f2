import torch

torch.manual_seed(6)
x = 10 * torch.rand(50)
y = 1.2 * x + 3 + 0.5 * torch.randn(50)
m = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
m_list, b_list, losses = [m.detach().clone()], [b.detach().clone()], []

for step in range(40):
    loss = (m * x + b - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        m -= 0.01 * m.grad
        b -= 0.01 * b.grad
        m.grad.zero_()
        b.grad.zero_()
    m_list.append(m.detach().clone())
    b_list.append(b.detach().clone())
    losses.append(loss.item())

lines = []
for index, (m, b) in enumerate(zip(m_list, b_list)):
    x_end = x.max()
    lines.append(([0, x_end.item()], [(m * 0 + b).item(), (m * x_end + b).item()], index / len(m_list)))
