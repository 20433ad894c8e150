"""Template and answers → HTML, in a sandbox: answers are escaped, unknown names fail, nothing outside is reached.

Plain values print as people write them: dates in words, empty answers as nothing, several choices with commas.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sync.core.cells import clean_text
from sync.core.dates import as_day, format_date
from sync.core.filters import FILTERS
from sync.letter.failed import LetterFailed
from sync.letter.qr import qr

_LONGEST_HTML = 2_000_000


def letter_environment(template_dirs: Sequence[Path]) -> jinja2.Environment:
    """Where letters are rendered, and where `loket check` reads them."""
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(
            [str(folder) for folder in template_dirs], encoding="utf-8-sig"
        ),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # `safe` would print an answer as markup; the others reach beyond a letter.
    for name in ("safe", "pprint", "xmlattr", "urlize"):
        environment.filters.pop(name, None)
    environment.filters.update({name: known.call for name, known in FILTERS.items()})
    environment.globals["qr"] = qr
    return environment


def render(environment: jinja2.Environment, template: str, context: Mapping[str, object]) -> str:
    """Raises LetterFailed; its detail names the template and the line, never an answer."""
    try:
        source = environment.get_template(template)
        parts: list[str] = []
        length = 0
        for part in source.generate(_clean(context)):
            length += len(part)
            if length > _LONGEST_HTML:
                raise LetterFailed("Surat terlalu panjang.", detail=f"{template}: too much HTML")
            parts.append(part)
        return "".join(parts)
    except jinja2.TemplateNotFound as error:
        name = str(error.name)[:80]
        raise LetterFailed(
            f"Template surat {name} tidak ditemukan.", detail=f"template not found: {name}"
        ) from error
    except jinja2.TemplateSyntaxError as error:
        place = f"{error.name or template} baris {error.lineno}"
        raise LetterFailed(
            f"Template surat salah tulis: {place}.", detail=f"template syntax: {place}"
        ) from error
    except jinja2.UndefinedError as error:
        quoted = re.findall(r"'([^']{1,60})'", error.message or "")
        name, place = quoted[-1] if quoted else "?", _place(error, environment, template)
        raise LetterFailed(
            f'Template surat memakai nama yang tidak ada: "{name}" ({place}).',
            detail=f"undefined name {name}: {place}",
        ) from error
    except SecurityError as error:
        place = _place(error, environment, template)
        raise LetterFailed(
            f"Template surat memakai perintah yang tidak diizinkan ({place}).",
            detail=f"sandbox: {place}",
        ) from error
    except UnicodeDecodeError as error:
        raise LetterFailed(
            "Template surat bukan teks UTF-8; simpan lagi dengan pengodean UTF-8.",
            detail=f"{template}: not UTF-8",
        ) from error
    except RecursionError as error:
        raise LetterFailed(
            "Template surat memanggil dirinya sendiri.", detail=f"{template}: recursion"
        ) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        place = _place(error, environment, template)
        raise LetterFailed(
            f"Template surat tidak dapat diisi ({place}).",
            detail=f"{type(error).__name__}: {place}",
        ) from error


def _printed(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, date):
        return format_date(as_day(value))
    if isinstance(value, time):
        return f"{value:%H.%M}"
    if isinstance(value, list | tuple):
        return ", ".join(str(_printed(part)) for part in value)
    return value


def _clean(value: object) -> dict[str, object]:
    cleaned = _cleaned(value)
    assert isinstance(cleaned, dict)  # noqa: S101 - a mapping stays one
    return cleaned


def _cleaned(value: object) -> object:
    """No unseen and no direction-changing characters: a letter must not read otherwise than it was approved."""
    if isinstance(value, str):
        return clean_text(value, lines=True)
    if isinstance(value, Mapping):
        return {str(key): _cleaned(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return value


def _place(error: BaseException, environment: jinja2.Environment, template: str) -> str:
    """`letters/domisili.html baris 12`: the innermost line of a template. Jinja puts those into the traceback."""
    place = template
    loader = environment.loader
    folders = loader.searchpath if isinstance(loader, jinja2.FileSystemLoader) else []
    trace = error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        for folder in folders:
            if file.suffix == ".html" and file.is_relative_to(folder):
                place = f"{file.relative_to(folder).as_posix()} baris {trace.tb_lineno}"
        trace = trace.tb_next
    return place
