"""The inside of a printer: reads orders from its pipe, answers each with a PDF or a failure, ends with its parent.

Nothing of a citizen is written anywhere but to the parent. Who watches the time is printer.py, from outside; the
watch in here is for the case that the parent is gone.
"""

import faulthandler
import gc
import json
import os
import pickle
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from sync.letter.failed import LetterFailed
from sync.letter.frames import FAILED, PDF, READY, TAKEN, read_frame, write_frame
from sync.letter.order import LetterOrder
from sync.letter.printer import Setup


def main() -> None:
    # Ctrl-C is for the parent, which lets the letter in hand finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # what an engine prints must not come between the frames
    setup: Setup = pickle.loads(read_frame(sys.stdin.buffer)[1])  # noqa: S301 - from our parent
    orders: queue.SimpleQueue[LetterOrder] = queue.SimpleQueue()
    threading.Thread(
        target=_receive, args=(sys.stdin.buffer, orders, setup.folder), daemon=True
    ).start()
    try:
        from sync.letter.job import Job

        job = Job(setup.template_dirs, setup.engine, folder=setup.folder, timeout_s=setup.timeout_s)
    except LetterFailed as failed:
        _tell(answers, failed)
        return
    _limit_memory(setup.memory_bytes + job.memory_needed_bytes)
    gc.freeze()  # what was loaded stays: no collection looks through it
    gc.set_threshold(20_000, 10, 10)  # a letter leaves few circles behind
    write_frame(answers, READY)
    while True:
        order = orders.get()
        faulthandler.dump_traceback_later(setup.timeout_s + 5, exit=True, file=silence)
        write_frame(answers, TAKEN)
        try:
            pdf = job.make(order)
        except LetterFailed as failed:
            _tell(answers, failed)
        except MemoryError:
            large = LetterFailed("Surat terlalu besar untuk dibuat.", detail="out of memory")
            _tell(answers, large.in_template(order.template))
        except Exception as error:
            _tell(
                answers,
                LetterFailed(
                    "Surat tidak dapat dibuat karena kesalahan program.",
                    detail=f"{type(error).__name__} at {_place(error)}",
                ),
            )
        else:
            write_frame(answers, PDF, pdf)
        faulthandler.cancel_dump_traceback_later()


def _receive(pipe: BinaryIO, orders: "queue.SimpleQueue[LetterOrder]", folder: Path) -> None:
    try:
        while True:
            orders.put(pickle.loads(read_frame(pipe)[1]))  # noqa: S301 - from our parent
    except BaseException:
        # The parent is gone: so are we, in the midst of a letter too, with an engine that runs beside us.
        shutil.rmtree(folder, ignore_errors=True)
        if sys.platform != "win32" and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(0)


def _tell(answers: BinaryIO, failed: LetterFailed) -> None:
    told = {"reason": failed.reason, "detail": failed.detail}
    write_frame(answers, FAILED, json.dumps(told).encode())


def _place(error: BaseException) -> str:
    """The innermost line of code, without the message: that may hold an answer."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"


def _limit_memory(size_bytes: int) -> None:
    # Windows knows no such limit for a process by itself; there the time limit bounds what a letter can take.
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size_bytes, size_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
