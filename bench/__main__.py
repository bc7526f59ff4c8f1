"""`kit bench [SUBJECT]`: measures one of the subjects below, or all; says which aims are met."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from bench.figures import Finding, table, write
from kit.words import KitError, _

# `import` cannot be a module's name; imported when asked for, because four of them need a browser.
WARM = "import kit.book, kit.widgets, kit.charts, kit.frames, kit.exchange, plotly.graph_objects, ipykernel.kernelapp"
SUBJECTS = {
    "import": "bench.imports",
    "open": "bench.opening",
    "save": "bench.saving",
    "drafts": "bench.drafts",
    "charts": "bench.charts",
    "unlock": "bench.unlocking",
    "report": "bench.reports",
    "privacy": "bench.privacy",
    "safety": "bench.safety",
    "room": "bench.rooms",
    "silence": "bench.silence",
    "unnamed": "bench.unnamed",
}


def main() -> int:
    """0 when everything could be measured, whatever the figures say; 1 when something could not."""
    asked = _asked()
    with _compiled():
        found = _found([asked.what] if asked.what else list(SUBJECTS))
    if asked.json:
        write(asked.json, found)
    return 0 if len(found) == (1 if asked.what else len(SUBJECTS)) else 1


def _found(subjects: list[str]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for what in subjects:
        measure: Callable[[], list[Finding]] = import_module(SUBJECTS[what]).measure
        try:
            found[what] = measure()
        except Exception as error:  # noqa: BLE001  what cannot be measured must not take the others with it
            told = str(error) if isinstance(error, KitError) else f"{type(error).__name__}: {error}"
            sys.stderr.write(_("{what} could not be measured. {told}").format(what=what, told=told) + "\n")
            continue
        sys.stdout.write(f"{import_module(SUBJECTS[what]).__doc__}\n\n{table(found[what])}\n")
        sys.stdout.flush()
    return found


@contextlib.contextmanager
def _compiled() -> Iterator[None]:
    """Modules are compiled beforehand, as an installation leaves them; where that is switched off, for now only."""
    with tempfile.TemporaryDirectory(prefix="kit-bench-") as folder:
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
            os.environ["PYTHONPYCACHEPREFIX"] = folder
        subprocess.run([sys.executable, "-c", WARM], check=True)
        yield


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kit bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=list(SUBJECTS), help=_("what to measure; nothing: all"))
    parser.add_argument("--json", type=Path, metavar="FILE", help=_("write all runs into this file, too"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
