#!/bin/sh
# To double-click on macOS; on Linux: right click, "Run as a Program". Both do what `python3 start.py` does.
cd "$(dirname "$0")" || exit 1
for python in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$python" >/dev/null; then break; fi
done
"$python" start.py "$@" || { printf 'Press Enter to close this window. '; read -r _; }
