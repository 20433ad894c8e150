"""The benchmark of the status page runs, small: it fails for an answer that is none, and never for being slow."""

import shutil
from pathlib import Path

import pytest

from benchmarks.citizens import measure
from tests.conftest import missing_service


@pytest.mark.service("wrk")
def test_every_request_is_answered_with_a_status(tmp_path: Path) -> None:
    if shutil.which("wrk") is None:
        missing_service("wrk is not installed")
    figures = measure(tmp_path, applications=200, seconds=1, connections=4)
    assert figures["requests"] > 10
    assert figures["refused"] == 0
    assert figures["cpu_ms_per_request"] > 0
