"""What one signature costs, by every way that was considered: CPU milliseconds on one core, of one real letter.

    python benchmarks/signature.py [--letters 40] [--json]

The ways take turns in one run: on a shared machine trust the ratios, not the figures. The certificates are made here and
trusted by nobody. Nothing fails for being slow; that the signatures are good is held by tests/contract/letter/test_signature.py.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner  # noqa: E402
from pyhanko.sign.fields import SigSeedSubFilter  # noqa: E402

from sync.letter.certificate import read_identity  # noqa: E402
from sync.letter.press import Letterpress  # noqa: E402
from sync.letter.signature import OfficeSignature, raw_signature  # noqa: E402
from sync.letter.signature_box import SignatureBox  # noqa: E402
from tests.contract.letter.certificates import NOW, PASSWORD, Authority  # noqa: E402
from tests.unit.letter.orders import OFFICE, OURS, order  # noqa: E402

CHOSEN = "chosen: CMS kept"


class KeptKey(SimpleSigner):
    """pyHanko's signer reads its key anew for each signature; this one is given it."""

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:  # noqa: ARG002
        return raw_signature(self.key, data)


def ways(kind: str, letter: bytes, box: SignatureBox) -> dict[str, Callable[[], object]]:
    """Each signs the letter once."""
    content = Authority.new().pkcs12(kind)
    identity = read_identity(content, PASSWORD, where="benchmark")
    plain = SimpleSigner.load_pkcs12_data(content, [], PASSWORD.encode())
    tuned = KeptKey(plain.signing_cert, plain.signing_key, plain.cert_registry)
    tuned.key = identity.key
    about = PdfSignatureMetadata("Kantor", "sha256", subfilter=SigSeedSubFilter.PADES)

    def pyhanko(signer: SimpleSigner, reserved: int | None) -> Callable[[], object]:
        pdf_signer = PdfSigner(about, signer)
        return lambda: pdf_signer.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(letter)), bytes_reserved=reserved
        )

    def office(box: SignatureBox | None) -> Callable[[], object]:
        signature = OfficeSignature(lambda: identity, timezone=ZoneInfo("UTC"), box=box)
        return lambda: signature.sign(letter, NOW)

    return {
        "raw signature alone": lambda: raw_signature(identity.key, letter),
        "pyHanko, signer kept": pyhanko(plain, None),
        "pyHanko tuned: key kept, size given": pyhanko(tuned, 8192),
        CHOSEN: office(None),
        CHOSEN + ", visible": office(box),
    }


def measured(all_ways: dict[str, Callable[[], object]], letters: int) -> dict[str, float]:
    """Median CPU milliseconds of each way."""
    times: dict[str, list[float]] = {name: [] for name in all_ways}
    for number in range(letters + 1):
        for name, sign in all_ways.items():
            begun = time.process_time()
            sign()
            if number:  # the first one warms up
                times[name].append((time.process_time() - begun) * 1000)
    return {name: round(statistics.median(taken), 2) for name, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with Letterpress([OURS], processes=1) as press:
        letter = press.make(order())
        box = SignatureBox(press.make, OFFICE)
        found = {
            kind: measured(ways(kind, letter, box), options.letters)
            for kind in ("P-256", "RSA-2048")
        }
    result = {"letter_bytes": len(letter), "letters": options.letters, "ms": found}
    result["times_faster_than_pyhanko"] = {
        kind: round(ms["pyHanko, signer kept"] / ms[CHOSEN], 1) for kind, ms in found.items()
    }
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {options.letters} letters of {len(letter)} bytes, ms CPU")
    for name in found["P-256"]:
        figures = "".join(
            f"{found[kind][name]:9.2f} ({found[kind][name] / found[kind][CHOSEN]:5.2f})"
            for kind in found
        )
        print(f"{name:38}{figures}")


if __name__ == "__main__":
    main()
