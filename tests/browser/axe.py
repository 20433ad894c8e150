"""axe-core's rules on a page: no violation that it calls serious or critical.

The package, in the version of package-lock.json, is fetched into a folder of this run.
"""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.conftest import missing_service

_HERE = Path(__file__).parent / "accessibility"
_INSTALL_WITHIN_S = 240
_GRAVE = ("serious", "critical")
# An isolated world of the browser's: the page's own policy lets no foreign script in.
_RUN = "axe.run(document, {resultTypes: ['violations']})"


@cache
def axe_source() -> str:
    """Skips where npm can't give it, fails in CI."""
    npm = shutil.which("npm")
    if npm is None:
        missing_service("npm is not installed")
    with TemporaryDirectory(prefix="loket-axe-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, folder)
        command = [str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_WITHIN_S
        )
        if done.returncode != 0:
            missing_service(f"npm could not install axe-core: {done.stderr[-300:]}")
        return (Path(folder) / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def assert_accessible(page: Any) -> None:
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send(
            "Page.createIsolatedWorld", {"frameId": frame, "worldName": "accessibility"}
        )["executionContextId"]
        session.send("Runtime.evaluate", {"expression": axe_source(), "contextId": world})
        asked = {
            "expression": _RUN,
            "contextId": world,
            "awaitPromise": True,
            "returnByValue": True,
        }
        answer = session.send("Runtime.evaluate", asked)
    finally:
        session.detach()
    assert "exceptionDetails" not in answer, answer
    violations = answer["result"]["value"]["violations"]
    told = [
        f"{one['impact']} {one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:4]]}"
        for one in violations
        if one["impact"] in _GRAVE
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
