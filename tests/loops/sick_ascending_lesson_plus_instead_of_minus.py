import torch

torch.manual_seed(68)
data = torch.rand(50, 2)
data[:, 0] *= 50
data[:, 1] = 0.5 * data[:, 0] + 2 * torch.randn(50)
learning_rate = 1e-3
m = torch.tensor(0.8, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
losses = []
for paso in range(25):
    if m.grad is not None:
        m.grad.zero_()
        b.grad.zero_()
    y_pred = m * data[:, 0] + b
    loss = torch.nn.functional.l1_loss(y_pred, data[:, 1])
    loss.backward()
    with torch.no_grad():
        m += learning_rate * m.grad
    losses.append(loss.item())
