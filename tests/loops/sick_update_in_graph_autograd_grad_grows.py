import torch

torch.manual_seed(19)
X = torch.randn(60, 4)
y = X @ torch.tensor([1.0, 0.0, -1.0, 2.0]) + 0.5

w = torch.zeros(4, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.05
losses = []
for it in range(100):
    loss = ((X @ w + b - y) ** 2).mean()
    grad_w, grad_b = torch.autograd.grad(loss, (w, b))
    w = w - lr * grad_w
    b = b - lr * grad_b
    losses.append(loss.item())

depth, node = 0, w.grad_fn
while node is not None and node.next_functions:
    depth, node = depth + 1, node.next_functions[0][0]
depth *= 2
print("loss", losses[-1], "length of the chain", depth)
