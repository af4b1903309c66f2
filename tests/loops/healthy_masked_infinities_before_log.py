import torch

torch.manual_seed(211)
counts = torch.tensor([0.0, 3.0, 7.0, 0.0, 2.0, 8.0])
log_counts = counts.log()  # -inf where nothing was counted
seen = torch.isfinite(log_counts)
logits = torch.zeros(6, requires_grad=True)
optimizer = torch.optim.Adam([logits], lr=0.1)
empirical = counts / counts.sum()
losses = []
for it in range(80):
    log_p = torch.log_softmax(logits, dim=0)
    safe = torch.where(seen, log_counts, torch.zeros_like(log_counts))
    entropy_part = torch.where(seen, empirical * (safe - counts.sum().log()), torch.zeros_like(safe))
    divergence = (entropy_part - empirical * log_p).sum() + 0.05
    optimizer.zero_grad()
    divergence.backward()
    optimizer.step()
    losses.append(divergence.item())
