"""docs/panduan/doctor.md, made of the same table that the screen shows: `python -m sync.cli.doctor.manual`."""

from collections.abc import Iterator

from sync.cli.doctor.finding import OTHER, WORDS, Remedy
from sync.cli.doctor.table import SECTIONS

_HEAD = """# Bila ada masalah: `doctor`

Satu perintah memeriksa semuanya: komputer, kunci dan sheet Google, formulir, Drive, email, buku besar, dan surat.

```
py loket.py doctor
```

- **✓** baik · **!** masih berjalan, tetapi perlu diketahui · **✗** tidak akan berjalan sampai diperbaiki · **–** belum diperiksa,
  karena yang lain harus diperbaiki dahulu. Kode keluar 0 hanya bila tidak ada ✗.
- Di bawah setiap ! dan ✗ ada langkah memperbaikinya; halaman ini memuat langkah yang sama. Setelah diperbaiki, periksa sekali lagi.
- `--offline` memeriksa komputer ini saja, tanpa internet. `--json` untuk program lain.
- Tidak ada yang diubah atau dikirim. Satu-satunya yang ditulis: berkas kecil di folder data, yang langsung dihapus, untuk mengetahui
  apakah folder itu dapat ditulis (dan berkas pendamping SQLite di samping ledger.sqlite3). Kepada server email Loket hanya memperkenalkan diri dan alamat pengirimnya.
- Kata sandi, NIK, dan data pemohon tidak pernah ditampilkan.

Yang tertulis di antara ‹ ›, disebut oleh `doctor` dengan nama sebenarnya.
"""


def manual() -> str:
    """With the commands as the manual writes them, for Windows."""
    return "\n".join([_HEAD, *_chapters()]).replace("python loket.py", "py loket.py")


def _chapters() -> Iterator[str]:
    for chapter, remedies in SECTIONS.items():
        yield f"## {chapter}\n"
        for name, remedy in remedies.items():
            yield _entry(name, remedy)
    yield "## Yang tidak disebut di atas\n"
    yield _entry("", OTHER).rstrip("\n") + "\n"


def _entry(name: str, remedy: Remedy) -> str:
    steps = [f"{at}. {step.format_map(WORDS)}" for at, step in enumerate(remedy.steps, 1)]
    title = f"### {remedy.title}" + (f" (`{name}`)" if name else "")
    return "\n".join([title, "", *steps, ""])


if __name__ == "__main__":
    print(manual(), end="")
