"""Several offices in one installation: each is served in a thread of its own, with its own settings, ledger and letters.

Promise: what is the matter with one office, be it its settings, its sheets or a mistake of ours, never stops another. An
office that could not begin is looked at again every minute, and so is the folder: one that is added begins by itself.
"""

import logging
from contextlib import suppress
from threading import Event, Thread

from sync.cli import screen
from sync.cli.log_file import office_named
from sync.cli.one_office import label, serve_office
from sync.cli.one_worker import one_of_several, only_worker
from sync.cli.root import Root
from sync.core.mendable import Mendable

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 60.0


def serve(office: Root, stop: Event, *, once: bool, take_over: bool = False) -> bool:
    """One office: this machine alone, or as one of a cluster. Returns whether something was the matter. Raises Mendable."""
    if office.settings.worker.cluster:
        from sync.cli.cluster import serve_cluster

        with one_of_several(office.data):
            return serve_cluster(office, stop, once=once, take_over=take_over)
    with only_worker(office.data):
        return serve_office(office, stop, once=once, take_over=take_over)


def serve_offices(
    root: Root,
    stop: Event,
    *,
    once: bool,
    take_over: bool = False,
    look_again_s: float = LOOK_AGAIN_S,
) -> bool:
    """All of them, once or until `stop`. Returns whether something was the matter with any."""
    in_cluster = any(_in_cluster(office) for office in root.offices())
    with one_of_several(root.data) if in_cluster else only_worker(root.data):
        return _serve_offices(root, stop, once, take_over, look_again_s)


def _in_cluster(office: Root) -> bool:
    with suppress(Mendable):  # told where it is served
        return office.settings.worker.cluster
    return False


def _serve_offices(
    root: Root, stop: Event, once: bool, take_over: bool, look_again_s: float
) -> bool:
    stands: dict[str, _Stand] = {}

    def open_new() -> None:
        for office in root.offices():
            if office.tenant not in stands:
                stand = _Stand(office, once, take_over, look_again_s)
                stands[office.tenant] = stand
                stand.thread.start()

    open_new()
    if not once:
        screen.say(f"Loket melayani {len(stands)} kantor: {', '.join(stands)}.")
        while not stop.wait(look_again_s):
            open_new()
    for stand in stands.values():
        while stand.thread.is_alive():
            if stop.is_set():
                stand.end()
            stand.thread.join(0.2)
    return any(stand.failed for stand in stands.values())


class _Stand:
    """One office's thread. `failed`: something was the matter with its last run."""

    def __init__(self, office: Root, once: bool, take_over: bool, look_again_s: float) -> None:
        self.failed = False
        self.stop = Event()
        self._asked_to_end = Event()
        self._office = office
        self._once, self._take_over, self._look_again_s = once, take_over, look_again_s
        self._told = ""
        self.thread = Thread(target=self._run, name=office.tenant, daemon=True)

    def end(self) -> None:
        self._asked_to_end.set()
        self.stop.set()

    def _run(self) -> None:
        office_named.set(self._office.tenant)
        while True:
            self.failed = self._serve()
            if self._once or self._asked_to_end.wait(self._look_again_s):
                return
            self.stop = Event()
            if self._asked_to_end.is_set():  # before `end` saw the new one
                return
            self._office = Root(self._office.folder)  # its settings are read anew

    def _serve(self) -> bool:
        office = self._office
        try:
            return serve(office, self.stop, once=self._once, take_over=self._take_over)
        except Mendable as error:
            if self._told != str(error):
                self._told = str(error)
                screen.say(f"{label(office)}tidak dilayani:", style="red")
                screen.problems(error.problems)
        except Exception as error:
            log.exception("office %s: broke", office.tenant)
            screen.say(
                f"{label(office)}kesalahan program ({type(error).__name__}); lihat data/log.",
                style="red",
            )
        return True
