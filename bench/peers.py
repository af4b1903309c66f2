"""The descent written for other machinery, with the same history: JAX, compiled as one scan over the steps."""

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PEERS = Path(__file__).parent.parent / ".peers"


def one_thread() -> None:
    """This process on one core, and everything in it on one thread: what is compared is code, not cores."""
    import torch

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    torch.set_num_threads(1)


def has_jax() -> bool:
    """Whether `make bench` could install it here; what gradlab itself runs on is found first."""
    if PEERS.is_dir() and str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))
    return find_spec("jax") is not None


def jax_descent(
    model: Callable[..., Any], x: Any, y: Any, start: dict[str, float], lr: float, steps: int
) -> Callable[[], Any]:
    """`model(jnp, x, **params)` by gradient descent on the MSE: loss, mean prediction, parameters, gradient by step."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    x, y = jnp.asarray(x), jnp.asarray(y)

    def loss_and_mean(params: Any) -> Any:
        prediction = model(jnp, x, **params)
        return jnp.mean((prediction - y) ** 2), jnp.mean(prediction)

    def step(params: Any, _: Any) -> Any:
        (loss, mean), gradient = jax.value_and_grad(loss_and_mean, has_aux=True)(params)
        moved = {name: p - lr * gradient[name] for name, p in params.items()}
        return moved, (loss, mean, params, gradient)

    run = jax.jit(lambda params: jax.lax.scan(step, params, None, length=steps))
    begin = {name: jnp.asarray(value) for name, value in start.items()}
    return lambda: jax.block_until_ready(run(begin))
