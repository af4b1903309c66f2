"""Text into machine code, by llvmlite alone; the one place that knows which compiler that is.

numba would do it too, on top of the same llvmlite: it was measured to take seven times as long to a first result.
"""

import ctypes
import re
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from gradlab.kernel.cache import keep, kept
from gradlab.kernel.refusal import NotFusedError

_LOCK = threading.Lock()
_POINTER, _WHOLE = ctypes.c_void_p, ctypes.c_int64
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "evaluate": (None, _POINTER, _POINTER, _WHOLE, _WHOLE, _WHOLE, _POINTER),
    "finish": (_WHOLE, _POINTER, _POINTER, _POINTER, _WHOLE, _WHOLE, _POINTER, _WHOLE, _WHOLE),
    "descend": (_WHOLE, *[_POINTER] * 3, _WHOLE, _POINTER, _WHOLE, _POINTER, _WHOLE, _WHOLE, _WHOLE),
}
"""What each function gives back, and what it takes."""

COMPILED_KEPT = 64


class Machine:
    """Compiled functions by name; they release Python's lock while they run."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine  # the code lives as long as this does
        self._functions: dict[str, Callable[..., Any]] = {}
        for name, arguments in _SIGNATURES.items():
            address = engine.get_function_address(name)
            if address:
                self._functions[name] = ctypes.CFUNCTYPE(*arguments)(address)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._functions[name]


@lru_cache(maxsize=COMPILED_KEPT)
def compiled(text: str) -> Machine:
    """The functions of `text` for this processor: out of the cache on disk if they are there, else compiled now.

    Raises NotFusedError where a function of the C library is missing here, or LLVM refuses.
    """
    with _LOCK:
        _initialise()
        _check_library(text)
        cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
        versions = (llvmlite.__version__, str(llvm.llvm_version_info))
        key = "\n".join([text, *versions, cpu, features])
        try:
            target = llvm.Target.from_default_triple().create_target_machine(
                cpu=cpu, features=features, opt=2, reloc="default", codemodel="jitdefault"
            )
            engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
            code = kept(key)
            if code is None:
                code = _compiled(text, target)
                keep(key, code)
            engine.add_object_file(llvm.ObjectFileRef.from_data(code))
            engine.finalize_object()
        except RuntimeError as failure:
            raise NotFusedError("kernel.compiler", failure=str(failure).strip().splitlines()[0]) from failure
        return Machine(engine)


@lru_cache(maxsize=1)
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _compiled(text: str, target: Any) -> bytes:
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    passes = llvm.create_pass_builder(target, options)
    passes.getModulePassManager().run(module, passes)
    return target.emit_object(module)


def _check_library(text: str) -> None:
    """A name that the loader cannot find would end the process: better to ask before."""
    for name in re.findall(r"^declare double @(\w+)\(", text, re.MULTILINE):
        if not llvm.address_of_symbol(name):
            raise NotFusedError("kernel.library", function=name)
