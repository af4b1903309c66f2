import torch
import torch.nn.functional as F
from torch import nn


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -0.3 * grad


torch.manual_seed(323)
features = nn.Sequential(nn.Linear(3, 16), nn.ReLU())
classifier, domain = nn.Linear(16, 2), nn.Linear(16, 2)
params = [*features.parameters(), *classifier.parameters(), *domain.parameters()]
optimizer = torch.optim.SGD(params, lr=0.1)
source = torch.randn(60, 3)
target = torch.randn(60, 3) + torch.tensor([0.0, 0.0, 1.0])
labels = (source[:, 0] > 0).long()
which = torch.cat([torch.zeros(60), torch.ones(60)]).long()
class_losses = []
for epoch in range(120):
    h = features(torch.cat([source, target]))
    class_loss = F.cross_entropy(classifier(h[:60]), labels)
    domain_loss = F.cross_entropy(domain(Reverse.apply(h)), which)
    optimizer.zero_grad()
    (class_loss + domain_loss).backward()
    optimizer.step()
    class_losses.append(class_loss.item())
