"""What the README says is true."""

import re
import subprocess
import sys

import pytest

from kit import __main__ as command_line
from kit import places

README = (places.ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(command.name or command.callback.__name__ for command in command_line.app.registered_commands)


def test_the_code_in_the_readme_runs_and_gives_what_it_says():
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    told = re.findall(r"^(.+?)  # (.+)$", code, flags=re.M)
    names: dict = {}
    exec(code, names)

    assert told
    for expression, value in told:
        assert eval(expression, names) == eval(value)


def test_every_command_stands_in_the_readme():
    listed = re.findall(r"^\| `(\w+)` \|", README, flags=re.M)

    assert sorted(listed) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = subprocess.run([sys.executable, "-m", "kit", command, "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_two_commands_stand_at_the_top():
    assert README.index("python3 start.py ") < README.index("python3 start.py test") < 600
