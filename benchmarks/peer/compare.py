"""Loket beside the script of an afternoon: the same local Google, as far away as the real one, in one run.

    python benchmarks/peer/compare.py --letters 1000 --peer-letters 60 [--latency-ms 50] [--json]

Two sheets with approved applications; Loket clears one of them, the script as many rows of the other as it is given.
Both start their program within their time. The script is spared Google's 60 writes a minute, and so is Loket.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.backlog_usage import used_by  # noqa: E402 - found when run as a script too
from benchmarks.backlog_world import a_world  # noqa: E402


def compare(folder: Path, *, letters: int, peer_letters: int, latency_ms: int) -> dict[str, Any]:
    """Letters a second of both. Raises RuntimeError when one of them fails or leaves something undone."""
    with a_world(folder, letters=2 * letters, sheets=2, latency_ms=latency_ms) as world:
        world.fill()
        used_by(world.command())
        world.approve()
        ours, theirs = world.sheets
        (world.folder / "workflows" / f"{theirs.workflow}.yaml").unlink()
        world.forget_calls()
        loket = used_by(world.command())
        loket_calls, _ = world.calls()
        world.forget_calls()
        sheet = (str(world.folder), theirs.spreadsheet_id, theirs.tab)
        script = used_by(
            [sys.executable, __file__, "--as-peer", str(peer_letters), "--world", *sheet]
        )
        script_calls, _ = world.calls()
        done = [sum(row.get("Status") == "Selesai" for row in one.rows()) for one in (ours, theirs)]
    if done != [letters, peer_letters]:
        raise RuntimeError(f"done {done} instead of {[letters, peer_letters]}")
    speed, peer_speed = letters / loket.seconds, peer_letters / script.seconds
    return {
        "letters": letters,
        "peer_letters": peer_letters,
        "latency_ms": latency_ms,
        "letters_per_second": round(speed, 2),
        "peer_letters_per_second": round(peer_speed, 2),
        "ratio": round(speed / peer_speed, 1),
        "cpu_seconds_per_letter": round(loket.cpu_s / letters, 4),
        "peer_cpu_seconds_per_letter": round(script.cpu_s / peer_letters, 4),
        "calls_per_letter": round(loket_calls / letters, 3),
        "peer_calls_per_letter": round(script_calls / peer_letters, 3),
    }


def run_peer(folder: Path, spreadsheet: str, tab: str, letters: int) -> None:
    """The script, with gspread's addresses pointed at the local Google."""
    import yaml

    from benchmarks.peer import script

    settings = yaml.safe_load((folder / "settings.yaml").read_text(encoding="utf-8"))
    google, mail = settings["google"]["endpoint"], settings["mail"]
    for name, module in list(sys.modules.items()):
        if name.startswith("gspread"):
            for constant, value in list(vars(module).items()):
                if constant.endswith("_URL") and "googleapis.com" in value:
                    setattr(module, constant, google + value.split("googleapis.com", 1)[1])
    key = str(folder / "credentials.json")
    script.main(key, spreadsheet, tab, mail["host"], mail["port"], letters)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=1_000)
    parser.add_argument("--peer-letters", type=int, default=60)
    parser.add_argument("--latency-ms", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--as-peer", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--world", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.as_peer:
        folder, spreadsheet, tab = asked.world
        run_peer(Path(folder), spreadsheet, tab, asked.as_peer)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told = compare(
            Path(folder),
            letters=asked.letters,
            peer_letters=min(asked.peer_letters, asked.letters),
            latency_ms=asked.latency_ms,
        )
    if asked.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name:>27}  {value}")


if __name__ == "__main__":
    main()
