"""loket.bat, read as cmd.exe reads it. No Windows runs here: these are its traps, one by one."""

import re
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[3] / "loket.bat"
TEXT = FILE.read_bytes().decode("ascii")
LINES = TEXT.split("\r\n")


def outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', '""', line)


def test_cmd_can_read_it() -> None:
    """Every line ends as on Windows: labels are missed otherwise. ASCII: the code page is another before `chcp`."""
    assert TEXT.endswith("\r\n")
    assert "\n" not in TEXT.replace("\r\n", "")
    assert all(line.count('"') % 2 == 0 for line in LINES)
    assert LINES[0] == "@echo off"


def test_the_code_page_is_utf_8_before_loket_speaks() -> None:
    page = next(n for n, line in enumerate(LINES) if line.startswith("chcp 65001"))
    assert page < next(n for n, line in enumerate(LINES) if "loket.py" in line)


def test_a_folder_with_spaces_brackets_or_an_ampersand_is_one_word() -> None:
    """`%~dp0` is where the file lies; unquoted, a `)` in it would end the block, and `&` the command."""
    assert '"%~dp0loket.py"' in TEXT
    for line in LINES:
        assert "%~dp0" not in outside_quotes(line)
        plain = outside_quotes(line)
        if "echo" not in plain:
            assert plain.count("(") == plain.count(")"), line
        assert "!" not in line, "none is needed, and a folder may be called so"
    assert "enabledelayedexpansion" not in TEXT.casefold()


def test_all_after_loket_stands_in_the_line_that_starts_it() -> None:
    """cmd reads a batch file as it goes: after an upgrade the rest would be another file's."""
    [line] = [line for line in LINES if "loket.py" in line]
    started, told = line.split(" || ")
    assert started.endswith("%* && exit /b 0)")
    assert told.endswith("exit /b 1)")


def ending(code: int) -> tuple[bool, int]:
    """Whether it says that Loket stopped, and its own exit code, where the program ended with `code`. As cmd goes:
    `echo` and `pause` leave the error level alone; what follows `&` would belong to an `if` without brackets."""
    [line] = [line for line in LINES if "loket.py" in line]
    said, waited = False, False
    for step in line.split(" || ")[1].removeprefix("(").removesuffix(")").split(" & "):
        said, waited = said or "Pesan di atas" in step, waited or step == "pause"
        asked = re.fullmatch(r"\(if errorlevel (\d+) if not errorlevel (\d+) exit /b (\d+)\)", step)
        if asked and int(asked[1]) <= code < int(asked[2]):
            return said and waited, int(asked[3])
        if plain := re.fullmatch(r"exit /b (\d+)", step):
            return said and waited, int(plain[1])
    raise AssertionError(line)


@pytest.mark.parametrize(
    ("code", "told", "passed_on"),
    [(1, True, 1), (3, True, 3), (130, False, 130), (2, True, 1), (9009, True, 1), (-1, True, 1)],
)
def test_the_exit_code_is_passed_on(code: int, told: bool, passed_on: int) -> None:
    """And the window stays, or nobody could read why; after Ctrl-C there is nothing to read."""
    assert ending(code) == (told, passed_on)


def test_python_is_sought_as_py_then_as_python_and_only_one_that_will_do() -> None:
    """The Store's stub called python fails the question, and opens nothing."""
    asked = [line for line in LINES if "version_info" in line]
    assert [
        re.match(r"(?:if not defined LOKET_PYTHON )?(py -3|python) -c", line)[1] for line in asked
    ] == [  # type: ignore[index]
        "py -3",
        "python",
    ]
    assert all("(3, 11)" in line and ">nul 2>nul &&" in line for line in asked)


def test_without_python_it_says_where_to_get_it() -> None:
    """In Indonesian, and the window stays open."""
    goto = next(line.rpartition("goto ")[2] for line in LINES if "goto " in line)
    said = LINES[LINES.index(f":{goto}") :]
    words = "\n".join(said)
    assert "https://www.python.org/downloads/" in words
    assert "Microsoft Store" in words
    assert said.index("pause") > max(n for n, line in enumerate(said) if line.startswith("echo"))


@pytest.mark.parametrize("sign", ["&", "|", "<", ">", "^"])
def test_no_sentence_is_taken_for_a_command(sign: str) -> None:
    said = [line for line in LINES if line.startswith("echo")]
    assert said
    assert not any(sign in outside_quotes(line) for line in said)
