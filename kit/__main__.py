"""The command line: `python3 start.py [COMMAND ...]`, `kit` and `python -m kit` are the same."""

from kit.cli.app import main

if __name__ == "__main__":
    main()
