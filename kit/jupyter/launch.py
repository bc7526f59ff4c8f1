"""Starts JupyterLab the way a coach needs it: one address, one document, nothing of theirs changed."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

from kit import locking, places, processes
from kit.jupyter import hardening, unlocking
from kit.vault import agent
from kit.words import KitError, _

HOST = "127.0.0.1"
FIRST_PORT = 8888
SHUTDOWN_TIMEOUT = 5.0  # seconds for what pages were still asking for
ANSWER_TIMEOUT = 10.0  # seconds that a kit which runs already may take to answer
START_TIMEOUT = 60.0  # seconds that one start waits for another

_NOT_RESPONDING = _(
    "The kit is open already, but it isn't answering just now. Please wait a minute, then try again. If that doesn't "
    "help, restart this computer."
)


def open_notebook(notebook: str = "1_session", *, browser: bool = True, port: int | None = None) -> int:
    """Shows one notebook of the kit, by its name without .ipynb; gives the exit code.

    Runs a server until Ctrl-C, or hands over to one that already shows the same notebooks on the same book. Raises
    KitError where there is no such notebook, where `port` is taken, or where JupyterLab does not start.
    """
    page = f"doc/tree/{notebook}.ipynb"
    if not (places.notebooks() / f"{notebook}.ipynb").is_file():
        sentence = _("There is no notebook called {name} in {folder}.")
        raise KitError(sentence.format(name=notebook, folder=places.notebooks()))
    with contextlib.ExitStack() as starting:
        with contextlib.suppress(locking.LockTimeout):  # two servers do no harm: they share the one unlock
            starting.enter_context(locking.exclusive(places.home() / ".open.lock", START_TIMEOUT))
        running = _find_running_server(jupyter_folder() / "runtime")
        if running:
            _show_address(running["url"] + page, running["token"], browser)
            return 0
        return _serve(page, browser, port, starting.close)


def jupyter_folder() -> Path:
    """Where this JupyterLab keeps its settings, so that a person's own Jupyter stays as it is."""
    return places.home() / "jupyter"


def _serve(page: str, browser: bool, port: int | None, started: Callable[[], None]) -> int:
    if port is not None:
        _require_free(port)
    token = secrets.token_urlsafe(24)
    hardened = hardening.harden_server(jupyter_folder(), token)
    unlock = agent.start()
    try:
        unlocking.unlock_at_start()
        server = _make_server({**_options(port), **hardened})
        # Only once the loop runs does the server listen.
        server.io_loop.add_callback(started)
        server.io_loop.add_callback(lambda: _show_address(f"http://{HOST}:{server.port}/{page}", token, browser))
        server.start()
        _cancel_requests(server.io_loop.asyncio_loop)
    except SystemExit as error:
        raise KitError(_("JupyterLab did not start. `kit check` says what is missing.")) from error
    finally:
        unlock.end()
    return 0


def _make_server(options: dict[str, Any]):
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(argv=[f"--{name}={value}" for name, value in options.items()])
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_signal: server.stop(from_signal=True))
    return server


def _cancel_requests(loop: asyncio.AbstractEventLoop) -> None:
    """Ends what pages were still asking for: each such request keeps a thread, which keeps this program from ending."""
    until = time.monotonic() + SHUTDOWN_TIMEOUT
    while (left := asyncio.all_tasks(loop)) and time.monotonic() < until:
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.wait(left, timeout=SHUTDOWN_TIMEOUT))


def _options(port: int | None) -> dict[str, Any]:
    return {
        "ServerApp.root_dir": places.notebooks(),
        "ServerApp.ip": HOST,
        "ServerApp.port": FIRST_PORT if port is None else port,
        "ServerApp.port_retries": 50 if port is None else 0,
        "ServerApp.open_browser": False,
        "ServerApp.no_browser_open_file": True,
        "ServerApp.allow_root": True,
        "ServerApp.answer_yes": True,
        "ServerApp.allow_remote_access": False,
        "KernelManager.shutdown_wait_time": 2.0,
        # How soon the page hears that its kernel is gone: what is typed until then reaches nobody.
        "KernelRestarter.time_to_dead": 0.5,
    }


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        if sys.platform != "win32":  # there the same option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            message = _("Port {port} is not free. Choose another number, or leave --port out.")
            raise KitError(message.format(port=port)) from error


def _find_running_server(runtime: Path) -> dict[str, Any] | None:
    """The server that shows the same as we would; raises KitError where one that gives no answer may be it."""
    silent = False
    for path in sorted(runtime.glob("jpserver-*.json")):
        server: dict[str, Any] = {}
        try:
            server = json.loads(path.read_text(encoding="utf-8"))
            if _is_same_server(server):
                return server
        except (OSError, ValueError, LookupError, TypeError, HTTPException) as error:
            # Else it was left behind by a server that is gone, or is another program's answer.
            silent = silent or (processes.is_timeout(error) and processes.exists(server["pid"]))
    if silent:
        raise KitError(_NOT_RESPONDING)
    return None


def _is_same_server(server: dict) -> bool:
    """Whether this server is alive and shows the same notebooks on the same book as we would."""
    request = urllib.request.Request(server["url"] + "kit/own", headers={"Authorization": f"token {server['token']}"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=ANSWER_TIMEOUT) as answer:
        found = json.load(answer)
    return found["root"] == str(places.notebooks()) and found["book"] == os.environ.get("KIT_BOOK", "")


def _show_address(page: str, token: str, browser: bool) -> None:
    address = f"{page}?token={token}"
    sys.stdout.write(address + "\n")
    sys.stdout.flush()
    if browser:  # a text browser would hold up the server
        threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
