import torch
import torch.nn.functional as F

torch.manual_seed(17)
X = torch.cat([torch.randn(30, 2) + torch.tensor(c) for c in ([2.0, 2.0], [-2.0, 2.0], [0.0, -2.0])])
labels = torch.arange(3).repeat_interleave(30)

W = torch.zeros(2, 3, requires_grad=True)
lr = 0.5
epochs = 30
for epoch in range(epochs):
    scores = X.mm(W)
    loss = F.cross_entropy(scores, labels)
    loss.backward()
    W = W.data - lr * W.grad.data
    acc = (scores.argmax(1) == labels).float().mean()
    print(epoch, loss.item(), acc.item())
