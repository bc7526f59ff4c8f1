"""What keeps a session on this computer and its owner's alone: of a whole server, or of one kernel elsewhere."""

import contextlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

OWNER_ONLY = 0o077  # as a umask; on Windows the profile's own rights see to that
# With these a kernel imports nothing that lies beside its notebook: a kit.py there would be what `import kit` imports.
KERNEL_ENV = {"PYTHONSAFEPATH": "1"}

# What a person may still change in JupyterLab's own settings; these are only where it starts from.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},  # dark where the system is
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "kernelShutdown": False},
}
# What a session has no use for, and what would ask the internet.
DISABLED_EXTENSIONS = {
    "@jupyterlab/apputils-extension:announcements": True,
    "@jupyterlab/extensionmanager-extension": True,
    "@jupyterlab/terminal-extension": True,
}
KERNEL_CONFIG = """\
c = get_config()  # noqa: F821
c.HistoryManager.enabled = False
c.HistoryManager.hist_file = ":memory:"
"""


def harden_server(folder: Path, token: str) -> dict[str, Any]:
    """Hardens this process and each kernel that it will start; to be called before Jupyter's server is made.

    Jupyter's settings are read from and written to `folder` from here on, and the umask, the environment and the
    logging of this process are changed. Gives the options, by their traitlets' names, that the server must be given
    besides: only `token` opens it, it has no terminals, and it asks no one for news.
    """
    import zmq

    os.environ.update(KERNEL_ENV)
    os.umask(OWNER_ONLY)
    logging.disable(logging.CRITICAL)  # a log could hold what somebody typed
    _separate_settings(folder)
    return {
        "IdentityProvider.token": token,
        "ServerApp.terminals_enabled": False,
        "ServerApp.kernel_manager_class": "kit.jupyter.extension.QuietKernelManager",
        # What is typed goes from the page to its kernel; others on a shared machine could listen.
        "KernelManager.transport_encryption": "auto" if zmq.has("curve") else "disabled",
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }


def _separate_settings(folder: Path) -> None:
    """Points Jupyter and its kernels at folders of the kit's own, filled with the kit's settings."""
    for variable in (
        "JUPYTER_PATH",
        "JUPYTER_CONFIG_PATH",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    ):
        os.environ.pop(variable, None)
    for variable, name in {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }.items():
        os.environ[variable] = str(folder / name)
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / "config/labconfig/default_setting_overrides.json", json.dumps(SETTINGS, indent=1))
    page_config = {"disabledExtensions": DISABLED_EXTENSIONS}
    _write(folder / "config/labconfig/page_config.json", json.dumps(page_config, indent=1))
    _write(folder / "ipython/profile_default/ipython_kernel_config.py", KERNEL_CONFIG)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def harden_kernel() -> None:
    """Where a book opens in an IPython kernel or shell, in whatever Jupyter: hardens this process and nothing else.

    New files are their owner's alone, and what is typed in this session goes to no file of history; what was typed
    in it before is taken out of that file. A plain Python process stays as it is.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    os.umask(OWNER_ONLY)
    history = shell.history_manager
    if history and history.enabled and history.hist_file != ":memory:":
        _move_history_to_memory(history)


def _move_history_to_memory(history: Any) -> None:
    import sqlite3

    if history.save_thread:
        history.save_thread.stop()
    history.using_thread = False  # else the next cell would start it again
    history.db_input_cache, history.db_output_cache = [], []
    with (
        contextlib.suppress(sqlite3.Error),
        history.db,
    ):  # one that is locked keeps no book from being opened
        history.db.execute("PRAGMA secure_delete = ON")
        for table in ("history", "output_history", "sessions"):
            history.db.execute(f"DELETE FROM {table} WHERE session = ?", [history.session_number])
    history.db.close()
    history.hist_file = ":memory:"
    history.init_db()
    history.new_session()
