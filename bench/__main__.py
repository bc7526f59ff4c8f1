"""`kit bench [open|save|drafts|import]`: measures, prints a small table, says of each aim whether it is met."""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench.figures import Finding, table, write
from kit.words import Trouble, _

# `import` cannot be a module's name; imported when asked for, because three of them need a browser.
SUBJECTS = {"import": "bench.imports", "open": "bench.opening", "save": "bench.saving", "drafts": "bench.drafts"}


def main() -> int:
    """0 when everything could be measured, whatever the figures say; 1 when something could not."""
    asked = _asked()
    found: dict[str, list[Finding]] = {}
    for what in [asked.what] if asked.what else SUBJECTS:
        measure: Callable[[], list[Finding]] = import_module(SUBJECTS[what]).measure
        try:
            found[what] = measure()
        except Trouble as trouble:
            sys.stderr.write(f"{what}: {trouble}\n")
            continue
        sys.stdout.write(f"{import_module(SUBJECTS[what]).__doc__}\n\n{table(found[what])}\n")
        sys.stdout.flush()
    if asked.json:
        write(asked.json, found)
    return 0 if found and (asked.what is None or asked.what in found) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kit bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=list(SUBJECTS), help=_("what to measure; nothing: all"))
    parser.add_argument("--json", type=Path, metavar="FILE", help=_("write all runs into this file, too"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
