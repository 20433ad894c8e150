"""The dashboard's part of `serve`: its door and its house, made of the office's files as they are while it is served."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sync.cli.root import Root
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from sync.core.people import Person
    from sync.core.report.province import Regency
    from sync.ledger.ledger import Ledger
    from sync.web.dashboard.house import Office


def dashboard(
    root: Root, ledger: "Ledger", changed: Callable[[], object], key: bytes
) -> "Sequence[BaseRoute]":
    """None where nobody may log in. `changed` gives another object whenever the office's files are others."""
    if not root.settings.dashboard.people:
        return []
    from sync.cli.wiring import now
    from sync.web.dashboard.app import dashboard_routes
    from sync.web.dashboard.door import Door
    from sync.web.dashboard.frame import Frame
    from sync.web.dashboard.house import House
    from sync.web.dashboard.province import ProvinceTable

    office = _Kept(root, changed)
    door = Door(ledger, lambda: people(office()), now, key, Frame(lambda: office().settings))
    return dashboard_routes(door, House(ledger, office, now, ProvinceTable(lambda: _read(root))))


def people(office: "Office") -> "list[Person]":
    from sync.core.people import Person, Role

    return [
        Person(one.address, Role(one.role), one.name) for one in office.settings.dashboard.people
    ]


class _Kept:
    """The office as its files said when they last changed, and could be read. The first call raises Mendable."""

    def __init__(self, root: Root, changed: Callable[[], object]) -> None:
        self._folder, self._changed = root.folder, changed
        self._last: tuple[object, Office] | None = None

    def __call__(self) -> "Office":
        seen, last = self._changed(), self._last
        if last is None or last[0] is not seen:
            try:
                last = (seen, _office(Root(self._folder)))
            except Mendable:
                if last is None:
                    raise
            self._last = last
        return last[1]


def _office(root: Root) -> "Office":
    from sync.web.dashboard.house import Office

    workflows, problems = root.workflows()
    return Office(root.settings, workflows, [str(problem) for problem in problems])


def _read(root: Root) -> "Sequence[Regency]":
    from sync.cli.report_province import regencies
    from sync.cli.report_shown import day_of
    from sync.cli.wiring import now

    office = Root(root.folder)
    return regencies(office, day_of(None, office, now()))
