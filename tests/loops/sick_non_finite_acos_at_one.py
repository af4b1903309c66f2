import torch

torch.manual_seed(113)
directions = torch.tensor([[0.0, 0.0, 1.0], [0.6, 0.0, 0.8], [0.0, 0.6, 0.8]])
w = torch.tensor([0.0, 0.0, 1.0]).repeat(3, 1).requires_grad_()
optimizer = torch.optim.SGD([w], lr=0.2)
angles = []
for step in range(30):
    cosine = torch.nn.functional.cosine_similarity(w, directions, dim=1)
    angle = torch.acos(cosine)
    loss = angle.pow(2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    angles.append(loss.item())
print(w, angles[-1])
