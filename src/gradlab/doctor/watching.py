"""`with gradlab.watch() as w:` around any training loop."""

from types import TracebackType
from typing import Any, Self

import torch
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from gradlab.doctor.events import Events
from gradlab.doctor.finding import Finding
from gradlab.doctor.mode import Watcher
from gradlab.doctor.patches import Patches
from gradlab.doctor.places import here
from gradlab.doctor.report import note
from gradlab.doctor.transparency import Relocated, relieve
from gradlab.doctor.unseen import Unseen
from gradlab.doctor.verdict import EMPTY_GRADIENT, findings, limits


class watch:  # noqa: N801  # called like a function, as contextlib's are
    """What is wrong with the training loop inside the `with` block: `findings`, a tuple of Finding.

    The code runs unchanged and gives the same numbers; no model, optimizer or parameter has to be named.

    >>> import torch
    >>> m = torch.tensor(0.8, requires_grad=True)
    >>> with watch() as w:
    ...     for step in range(3):
    ...         loss = (m * 2 - 1) ** 2
    ...         loss.backward()
    ...         with torch.no_grad():
    ...             m -= 0.01 * m.grad
    >>> [(finding.code, finding.severity, finding.variable) for finding in w.findings]
    [('accumulated-gradient', 'error', 'm')]
    """

    def __init__(self) -> None:
        self._events = Events()
        self._watcher = Watcher(self._events)
        self._patches = Patches(self._watcher)
        self._relocated = Relocated()
        self._unseen = Unseen()
        self._hooks: list[Any] = []
        self._pause: Any = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings so far: errors first, then warnings and notes."""
        try:
            found = findings(self._events)
        except Exception as failure:  # the reading of the run must not break the run either
            self._watcher.stop(failure)
            found = ()
        return (*found, *limits(self._events, self._unseen, self._watcher.failure))

    def __enter__(self) -> Self:
        self._hooks = [
            register_optimizer_step_pre_hook(self._before_step),
            register_optimizer_step_post_hook(self._after_step),
        ]
        self._unseen.begin()
        self._relocated.apply()
        self._patches.apply()
        self._watcher.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resume()
        self._watcher.__exit__(kind, failure, trace)
        self._patches.remove()
        self._relocated.remove()
        self._unseen.end()
        for hook in self._hooks:
            hook.remove()
        self._events.survived(failure)
        if failure is not None:
            self.ended_by(failure)

    def ended_by(self, failure: BaseException) -> None:
        """The run ended with this exception: it is given our note, if we know its cause, and is relieved of us."""
        told = self._watcher.guarded(self._events.ended_by, failure)
        if told is None and self._events.lacked_gradient(failure):
            because = [finding for finding in self.findings if finding.code in EMPTY_GRADIENT]
            if because:
                failure.add_note(note(because[0]))
        relieve(failure)

    def _before_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Inside a step without closure there is nothing to see that its end does not tell: the watcher rests."""
        if self._watcher.on_duty():
            self._resume()  # a step that raised has not reached its end
            self._watcher.stepping = True
            if len(args) < 2 and kwargs.get("closure") is None:
                self._pause = torch._C.DisableTorchFunction()
                self._pause.__enter__()

    def _after_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._pause is not None:
            self._watcher.guarded(self._events.optimizers.stepped, optimizer, here(1))
        elif self._watcher.on_duty():
            with torch._C.DisableTorchFunction():
                self._watcher.guarded(self._events.optimizers.stepped, optimizer, here(1))
        self._watcher.stepping = False
        self._resume()

    def _resume(self) -> None:
        if self._pause is not None:
            self._pause.__exit__(None, None, None)
            self._pause = None
