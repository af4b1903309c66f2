"""Messages as bytes: u32 length of the header, the header as JSON, then arrays of numbers, each on an 8-byte boundary.

The header says under "buffers" what each array is: `[name, dtype, shape]`, in their order. All little-endian.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradlab.errors import OptionError

MAX_BYTES = 2_000_000
"""A longer message from outside is refused unread."""

_NAMES = {torch.float64: "f64", torch.float32: "f32", torch.int32: "i32", torch.uint8: "u8"}


def pack(header: Mapping[str, Any], arrays: Mapping[str, Tensor] | None = None) -> bytes:
    """A message as bytes.

    >>> unpack(pack({"type": "solve", "id": 1}))
    {'type': 'solve', 'id': 1, 'buffers': []}
    """
    described, buffers = split(header, arrays or {})
    text = json.dumps(described, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % 8)
    parts = [struct.pack("<I", len(text)), text]
    for raw in buffers:
        parts += [raw, b"\0" * (-len(raw) % 8)]
    return b"".join(parts)


def split(header: Mapping[str, Any], arrays: Mapping[str, Tensor]) -> tuple[dict[str, Any], list[bytes]]:
    """The header that says what each buffer is, and the buffers: for a host that carries the two apart."""
    described = [[name, _NAMES[array.dtype], list(array.shape)] for name, array in arrays.items()]
    return {**header, "buffers": described}, [array.contiguous().numpy().tobytes() for array in arrays.values()]


def unpack(message: bytes) -> dict[str, Any]:
    """The header of a message from outside; what a person sends has no arrays.

    Raises OptionError for what is too long, cut short, no JSON object, or without a type.
    """
    if len(message) > MAX_BYTES:
        raise OptionError("lab.too_long", length=len(message), limit=MAX_BYTES)
    try:
        (length,) = struct.unpack_from("<I", message)
        header = json.loads(message[4 : 4 + length])
    except (struct.error, ValueError, RecursionError):
        raise OptionError("lab.malformed") from None
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise OptionError("lab.malformed")
    return header
