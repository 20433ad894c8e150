"""`doctor` and `check` look at a ledger on a server as they do at one on this computer."""

import pytest

from sync.core.mendable import Mendable
from sync.ledger.engine import in_schema
from sync.ledger.ledger import Ledger
from sync.ledger.probe import open_to_look


def test_a_ledger_in_a_schema_of_its_own_is_found(new_postgresql_database: str) -> None:
    """One of several offices' on the same server; an office that has none yet has no trouble, and none is made."""
    kutai, berau = (in_schema(new_postgresql_database, f"kantor_{n}") for n in ("kutai", "berau"))
    ledger = Ledger.open(kutai)
    with ledger.begin() as tx:
        tx.desks.keep_resource("milik", "kutai")
    ledger.close()
    looked_at = open_to_look(kutai)
    assert looked_at is not None
    with looked_at.reading() as look:
        assert look.desks.resource("milik") == "kutai"
    looked_at.close()
    assert open_to_look(berau) is None
    assert open_to_look(new_postgresql_database) is None


def test_a_server_that_is_away_is_told_soon() -> None:
    """By its name, without the password."""
    with pytest.raises(Mendable) as told:
        open_to_look("postgresql://loket:rahasia@127.0.0.1:9/loket?schema=kantor_kutai")
    [problem] = told.value.problems
    assert problem.name == "ledger-tidak-terhubung"
    assert "127.0.0.1" in problem.where
    assert "rahasia" not in str(problem)
