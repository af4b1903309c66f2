import torch

torch.manual_seed(109)
x = torch.linspace(0, 1, 20)
y = x**2
w = torch.zeros(2, requires_grad=True)
curves = []
for epoch in range(10):
    prediction = w[0] * x + w[1]
    loss = (prediction - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
    curve = prediction.numpy()
    curves.append(curve)
