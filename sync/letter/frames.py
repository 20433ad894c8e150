"""Frames on a pipe between the press and its printers: four bytes of length, one byte of kind, the content.

Orders go down as pickles; answers come back as bytes and JSON only, so that a printer that was taken over by a
hostile letter cannot make the parent run anything.
"""

import struct
from typing import IO

SETUP, ORDER = b"S", b"O"
READY, TAKEN, PDF, FAILED = b"R", b"T", b"P", b"F"

_LONGEST_BYTES = 64 * 1024 * 1024


def write_frame(pipe: IO[bytes], kind: bytes, content: bytes = b"") -> None:
    pipe.write(struct.pack(">I", len(content)) + kind + content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """Raises EOFError when the other side is gone."""
    head = _exactly(pipe, 5)
    (length,) = struct.unpack(">I", head[:4])
    if length > _LONGEST_BYTES:
        raise EOFError("the other side sends no frames")
    return head[4:], _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if content is None or len(content) != size:
        raise EOFError("the other side is gone")
    return content
