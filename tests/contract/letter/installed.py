"""The engines, and whether each is on this machine: where one lacks, what asks for it skips, and fails in CI."""

from sync.letter.engines.here import engines_here
from tests.conftest import missing_service

ENGINES = ("plutoprint", "weasyprint", "pdfkit")


def require(name: str) -> str:
    """The engine's name."""
    remedies = {engine.name: engine.remedy for engine in engines_here()}
    if remedies[name]:
        missing_service(f"{name} is not here: {remedies[name]}")
    return name
