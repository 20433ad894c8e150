"""A small workflow and its answers, from which each test changes what it is about."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from sync.core.desk import Cell
from sync.core.refused import Refused
from sync.core.workflow.model import Applicant, Field, Letter, Workflow

TODAY = date(2026, 11, 24)

# A busy machine is slow now and then; how fast core is, is not these tests' subject.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def workflow() -> Callable[..., Workflow]:
    def make(**changes: Any) -> Workflow:
        usual: dict[str, Any] = {
            "name": "domisili",
            "title": "Surat Keterangan Domisili",
            "prefix": "SKD",
            "sheet": "1AbCdEfGhIjKlMnOp",
            "tab": "Form Responses 1",
            "applicant": Applicant(
                name="Nama Lengkap", email="Alamat Email", phone="Nomor WhatsApp"
            ),
            "fields": {
                "nik": Field(question="NIK", type="nik"),
                "lahir": Field(question="Tanggal Lahir", type="date"),
                "alamat": Field(question="Alamat", required=False),
            },
            "letter": Letter(template="letters/domisili.html", number="{{ serial }}"),
        }
        return Workflow(**(usual | changes))

    return make


@pytest.fixture(scope="session")
def citras_answers() -> dict[str, Cell]:
    return {
        "Nama Lengkap": "Citra Dewi",
        "Alamat Email": "citra@example.com",
        "Nomor WhatsApp": "0812-3456-7890",
        "NIK": "6472014101900001",
        "Tanggal Lahir": 32874,  # 1 January 1990
        "Alamat": "Jl. Mawar 1",
    }


@pytest.fixture(scope="session")
def tried() -> Callable[..., tuple[object, tuple[str, ...]]]:
    """What comes of reading any cell: a value without reasons, or reasons without a value."""

    def read(reader: Callable[..., object], *arguments: object) -> tuple[object, tuple[str, ...]]:
        try:
            return reader(*arguments), ()
        except Refused as refused:
            return None, refused.reasons

    return read
