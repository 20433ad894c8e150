"""How a test asks whether a problem's remedy is shown: the very steps that reach the screen, with nothing left unfilled."""

from collections.abc import Iterable

from sync.cli.doctor.finding import Finding, Level, steps_of
from sync.cli.doctor.table import REMEDIES


def shown(finding: Finding) -> str:
    """The steps under the finding, whole; fails where there are none of its own, or a word was not filled in."""
    assert finding.name in REMEDIES, f"{finding.name} has no remedy of its own"
    steps = steps_of(finding, REMEDIES)
    assert steps
    assert all(step[:1].isupper() for step in steps), steps
    text = "\n".join(steps)
    assert "‹" not in text, text
    return text


def named(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Those that are a matter, by the names of their remedies."""
    return {one.name: one for one in findings if one.name}


def judged(finding: Finding, level: Level, name: str = "") -> str:
    """Its steps, once it is known to be of this level and name."""
    assert (finding.level, finding.name) == (level, name)
    return shown(finding) if name else ""
