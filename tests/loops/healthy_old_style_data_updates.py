import torch
from torch.autograd import Variable

torch.manual_seed(241)
x_data = [1.0, 2.0, 3.0]
y_data = [2.0, 4.0, 6.0]
w = Variable(torch.Tensor([1.0]), requires_grad=True)
losses = []
for epoch in range(10):
    for x_val, y_val in zip(x_data, y_data):
        loss = (w * x_val - y_val) ** 2
        loss.backward()
        w.data = w.data - 0.01 * w.grad.data
        w.grad.data.zero_()
    losses.append(loss.data[0].item())
print("w", w.data)
