"""Helpers for driving the real JupyterLab: its server, its notebooks, its page."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kit.reports.print_pdf import find_browser

KIT_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "kit": {"notebook": "1_session"},
}
FIXED = {"deletable": False, "editable": False}
# What anywidget says, two seconds later, of a panel that a reload brought in and its own cell put away at once.
PUT_AWAY = "[anywidget] Failed to initialize model."
SHUT_OUT = ("JUPYTER_", "JUPYTERLAB_", "KIT_", "IPYTHON")

# The kit's own start, on other notebooks than the shipped ones: only a test needs that.
OPEN_ELSEWHERE = """
import sys
from pathlib import Path
from kit import places
from kit.jupyter import launch
from kit.words import KitError
root = Path(sys.argv[1]).resolve()
places.notebooks = lambda: root
try:
    sys.exit(launch.open_notebook(sys.argv[2], browser=False, port=int(sys.argv[3]) or None))
except KitError as trouble:
    sys.exit(str(trouble))
"""


@dataclass
class Lab:
    """A JupyterLab that runs in a process of its own."""

    process: subprocess.Popen
    address: str
    home: Path
    root: Path
    extra: dict = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.address.split("/doc/")[0].split("/lab?")[0].split("/lab/")[0] + "/"

    @property
    def port(self) -> int:
        return int(self.base.rstrip("/").rsplit(":", 1)[1])

    @property
    def token(self) -> str:
        return self.address.rsplit("token=", 1)[1]

    def page_of(self, notebook: str) -> str:
        return f"{self.base}doc/tree/{notebook}?token={self.token}"

    def ask(self, path: str, method: str = "GET", body: object = None):
        """What the server answers to its own token."""
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def kernel(self, notebook: str) -> dict:
        """The kernel of a notebook, or nothing yet."""
        return next((one["kernel"] for one in self.ask("api/sessions") if one["path"] == notebook), {})

    def is_idle(self, notebook: str) -> bool:
        return self.kernel(notebook).get("execution_state") == "idle"

    def kernel_process(self, notebook: str) -> psutil.Process:
        kernel = self.kernel(notebook)["id"]
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next(child for child in children if f"kernel-{kernel}.json" in " ".join(child.cmdline()))

    def end(self) -> int:
        """What Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(interrupt())
        return self.process.wait(30)


def interrupt() -> signal.Signals:
    return signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """This process's environment, without what a person's own Jupyter or kit has left in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SHUT_OUT)}
    return {**kept, "KIT_HOME": str(home), **more}


def start(command: list[str], home: Path, root: Path, here: Path | None = None, **more: str) -> Lab:
    """Runs a command that shows one address, and waits for that address."""
    process = subprocess.Popen(
        command,
        cwd=here,
        env=surroundings(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    assert process.stdout and process.stderr
    address = process.stdout.readline().strip()
    if not address:
        raise AssertionError(f"no address: {process.stderr.read()}")
    return Lab(process, address, home, root)


def open_notebooks(root: Path, home: Path, port: int = 0, notebook: str = "1_session", **more: str) -> Lab:
    """The kit's own start on the notebooks of this folder."""
    command = [sys.executable, "-c", OPEN_ELSEWHERE, str(root), notebook, str(port)]
    return start(command, home, root, **more)


def scratch_notebook(path: Path, cells: list[str], metadata: dict | None = None) -> bytes:
    """Writes a notebook whose cells are these; a line that starts with # is prose. Returns its bytes."""
    made = []
    for number, text in enumerate(cells):
        new = new_markdown_cell if text.startswith("#") else new_code_cell
        made.append(new(text, id=f"cell-{number}", metadata=FIXED))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=made, metadata=KIT_METADATA if metadata is None else metadata), path)
    return path.read_bytes()


def checkpoint(path: Path) -> Path:
    return path.parent / ".ipynb_checkpoints" / f"{path.stem}-checkpoint.ipynb"


def found_chromium() -> str | None:
    """A browser of Chromium's family on this machine: the one that prints the kit's own PDFs."""
    return find_browser()


# ------------------------------------------------------------------------------------------------- the page


def forms(page):
    """The text inputs that a notebook shows."""
    return page.locator(".jp-OutputArea-output input[type=text]:visible")


def wait_for_form(page, timeout: float = 60_000) -> None:
    forms(page).first.wait_for(state="visible", timeout=timeout)


def wait_for_quiet(page, timeout: float = 60_000) -> None:
    """Until the bar has nothing to say: everything has run."""
    page.wait_for_function("() => document.querySelector('.kit-bar-message')?.textContent === ''", timeout=timeout)


def wait_for_word(page, text: str, timeout: float = 60_000) -> None:
    page.locator(".kit-bar-message", has_text=text).wait_for(timeout=timeout)


def save(page) -> None:
    """Saves with the keyboard, as people do, and waits until the server has it."""
    page.locator(".jp-Notebook .jp-Cell").first.focus()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url):
        page.keyboard.press("Control+s")


def until(true, seconds: float = 30):
    """Waits for something outside the page."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")
