import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(230)
x = torch.randn(150, 4)
labels = (x[:, 0] > x[:, 1]).long() + (x[:, 2] > 1).long()
teacher = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 3))
teacher_optimizer = torch.optim.Adam(teacher.parameters(), lr=0.02)
for _ in range(40):
    teacher_optimizer.zero_grad()
    F.cross_entropy(teacher(x), labels).backward()
    teacher_optimizer.step()
teacher.eval()

student = nn.Linear(4, 3)
optimizer = torch.optim.Adam(student.parameters(), lr=0.05)
temperature = 2.0
losses = []
for _ in range(60):
    with torch.no_grad():
        soft = F.softmax(teacher(x) / temperature, dim=1)
    guess = student(x)
    distil = F.kl_div(F.log_softmax(guess / temperature, dim=1), soft, reduction="batchmean") * temperature**2
    loss = 0.7 * distil + 0.3 * F.cross_entropy(guess, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
