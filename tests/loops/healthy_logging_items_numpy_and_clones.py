import numpy as np
import torch

torch.manual_seed(30)
x = torch.linspace(0, 1, 40)
y = 2 * x**2 + 0.1 * torch.randn(40)
a = torch.tensor([0.0], requires_grad=True)
c = torch.tensor([1.0], requires_grad=True)
rows, snapshots, grads = [], [], []
for epoch in range(200):
    fitted = a * x**2 + c
    loss = torch.mean((fitted - y) ** 2)
    loss.backward()
    rows.append([a.item(), float(c.detach()), loss.item()])
    snapshots.append(fitted.detach().numpy().copy())
    grads.append((a.grad.clone(), c.grad.clone()))
    with torch.no_grad():
        a.sub_(0.3 * a.grad)
        c.sub_(0.3 * c.grad)
    a.grad.zero_()
    c.grad.zero_()
    if epoch % 50 == 0:
        print(f"{epoch:4d} loss={loss.data:.4f} a={a.tolist()} c={c}")
history = np.array(rows)
spread = np.stack(snapshots).std(axis=0)
