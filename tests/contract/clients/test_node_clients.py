"""Google's own Node client and google-spreadsheet against the sandbox: the promises are in node_clients.mjs.

The packages, in the versions of package-lock.json, are fetched into a folder of this run.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing_service
from tests.contract.sandbox.conftest import Sandbox

HERE = Path(__file__).parent
SCRIPT = "node_clients.mjs"
PROMISES = re.findall(r"^  async (\w+)\(\)", (HERE / SCRIPT).read_text("utf-8"), re.MULTILINE)
INSTALL_WITHIN_S, PROMISE_WITHIN_S = 240, 60

pytestmark = pytest.mark.service("node")


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages and the script: node looks for packages beside the script."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        missing_service("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", SCRIPT):
        shutil.copy(HERE / name, folder)
    command = [str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_WITHIN_S
    )
    if done.returncode != 0:
        missing_service(f"npm could not install the packages: {done.stderr[-300:]}")
    return folder


@pytest.mark.parametrize("promise", PROMISES)
def test_node_clients_find_what_google_promises(
    node_folder: Path, sandbox: Sandbox, promise: str
) -> None:
    """Each promise is a program of its own: a client that keeps state cannot help the next one."""
    command = ["node", SCRIPT, sandbox.url, str(sandbox.officer_key), promise]
    done = subprocess.run(
        command, cwd=node_folder, capture_output=True, text=True, timeout=PROMISE_WITHIN_S
    )
    assert done.returncode == 0, done.stderr
