"""The rooms of the sandbox's own tests, for tests in the words of clients that others wrote."""

from tests.contract.sandbox.conftest import (  # noqa: F401
    book,
    officer,
    sandbox,
    shared_sandbox,
    sheet,
    worker,
)
