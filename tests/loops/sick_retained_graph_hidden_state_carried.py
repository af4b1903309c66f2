import torch

torch.manual_seed(96)
W_in = (0.5 * torch.randn(6)).requires_grad_()
W = (0.3 * torch.randn(6, 6)).requires_grad_()
W_out = torch.zeros(6, requires_grad=True)
series = torch.sin(0.4 * torch.arange(121.0))

h = torch.zeros(6)
times = []
for t in range(120):
    x_t, target = series[t], series[t + 1]
    h = torch.tanh(x_t * W_in + h @ W)
    loss = (h @ W_out - target) ** 2
    loss.backward(retain_graph=True)
    depth, frontier, seen = 0, [loss.grad_fn], set()
    while frontier:
        node = frontier.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        depth += 1
        frontier.extend(parent for parent, _ in node.next_functions)
    times.append(depth)
    for p in (W_in, W, W_out):
        p.data -= 0.02 * p.grad.data
        p.grad.data.zero_()
