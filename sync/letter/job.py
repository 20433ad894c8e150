"""The whole way of one letter: template → HTML → engine → PDF → read back, with its title, author and language. Runs inside a printer."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sync.letter.engines import Page, load_engine
from sync.letter.failed import LetterFailed
from sync.letter.fonts import write_fontconfig
from sync.letter.order import LetterOrder
from sync.letter.render import letter_environment, render
from sync.letter.resources import read_page, resources_of


class Job:
    """Made once a printer; raises LetterFailed when the engine is not there."""

    def __init__(
        self, template_dirs: Sequence[Path], engine: str, *, folder: Path, timeout_s: float
    ) -> None:
        self._dirs = tuple(template_dirs)
        self._environment = letter_environment(self._dirs)
        write_fontconfig(folder, self._dirs)
        self._engine = load_engine(engine, folder=folder, timeout_s=timeout_s)
        self.memory_needed_bytes = self._engine.memory_needed_bytes

    def make(self, order: LetterOrder) -> bytes:
        """Raises LetterFailed."""
        from sync.letter.metadata import with_metadata
        from sync.letter.proofread import proofread

        html = render(self._environment, order.template, order.context)
        author = _author(order.context)
        try:
            contents = read_page(html)
            resources = resources_of(contents, self._dirs)
            pdf = self._engine.print(Page(html, resources, title=order.title, author=author))
        except LetterFailed as failed:
            raise failed.in_template(order.template) from failed
        if not pdf.startswith(b"%PDF-"):
            raise LetterFailed("Berkas PDF yang dibuat rusak.", detail="not a PDF")
        proofread(pdf, page_text="".join(contents.text), must_contain=order.must_contain)
        return with_metadata(pdf, title=order.title, author=author, language=contents.language)


def _author(context: Mapping[str, object]) -> str:
    office = context.get("kantor")
    return str(office.get("name") or "") if isinstance(office, Mapping) else ""
