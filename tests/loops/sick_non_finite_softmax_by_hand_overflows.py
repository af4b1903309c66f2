import torch


def softmax(scores):
    e = torch.exp(scores)
    return e / e.sum(dim=1, keepdim=True)


torch.manual_seed(82)
pixels = torch.randint(0, 256, (40, 16)).float()
digit = (pixels[:, :8].mean(dim=1) > pixels[:, 8:].mean(dim=1)).long()
W = (0.2 * torch.randn(16, 2)).requires_grad_()
losses = []
for epoch in range(8):
    probabilities = softmax(pixels @ W)
    loss = -torch.log(probabilities[torch.arange(40), digit]).mean()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        W -= 1e-3 * W.grad
    W.grad = None
