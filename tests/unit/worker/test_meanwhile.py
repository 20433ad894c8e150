"""What goes on beside the printing: done when asked for, ended before the block is left, and never silently broken."""

from threading import Event, current_thread

import pytest

from sync.worker.meanwhile import Meanwhile


def test_the_work_is_done_in_another_thread_and_ended_before_the_block_is_left() -> None:
    begun, finished = Event(), list[str]()

    def work() -> None:
        begun.set()
        finished.append(current_thread().name)

    with Meanwhile(work) as meanwhile:
        meanwhile.again()
        assert begun.wait(10)
    assert finished == ["meanwhile"]


def test_what_is_asked_for_while_it_works_is_done_once_more() -> None:
    begun, go_on, done = Event(), Event(), list[int]()

    def work() -> None:
        begun.set()
        assert go_on.wait(10)
        done.append(1)

    with Meanwhile(work) as meanwhile:
        meanwhile.again()
        assert begun.wait(10)
        begun.clear()
        meanwhile.again()
        meanwhile.again()
        go_on.set()
        assert begun.wait(10)
    assert len(done) == 2


def test_nothing_is_done_that_was_not_asked_for() -> None:
    with Meanwhile(lambda: pytest.fail("not asked for")):
        pass


def test_what_the_work_raised_is_raised_where_it_was_asked_for() -> None:
    """The ledger is gone: the cycle ends as it would have without a second thread."""

    def work() -> None:
        raise ConnectionError("ledger")

    with pytest.raises(ConnectionError, match="ledger"), Meanwhile(work) as meanwhile:
        meanwhile.again()


def test_the_first_trouble_is_the_one_that_is_told() -> None:
    def work() -> None:
        raise ConnectionError("second")

    def printing() -> None:
        with Meanwhile(work) as meanwhile:
            meanwhile.again()
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        printing()
