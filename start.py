"""The only command a new user needs: makes .venv once, then runs the kit in it (python3 start.py [WORDS]).

It parses on an old Python too, so that it can say that a newer one is needed.
"""

import contextlib
import gettext
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.realpath(__file__))
LOCK = os.path.join(ROOT, "requirements.lock")
VENV = os.path.join(ROOT, ".venv")
ASIDE = VENV + ".old"
STAMP = os.path.join(VENV, "made-from.txt")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
OWN_PYTHON = getattr(sys, "_base_executable", None) or sys.executable  # stays when .venv, started from, goes
_ = gettext.translation("kit", os.path.join(ROOT, "kit", "locale"), fallback=True).gettext

OLD = _("The kit needs Python 3.11 or newer, and this is %s: please install a newer one from python.org.")
NO_VENV = _("This Python lacks venv: on Debian type `sudo apt install python3-venv`, then start again.")
FULL = _("The disk is full: please free about 1 GB, then start again.")
CLOSED = _("%s cannot be written to: please close the kit or move it to a folder of your own, then start again.")
OFFLINE = _("The network does not answer: please connect to the internet, then start again.")
OTHER = _("The kit's parts could not be installed: please start again. The last words were: %s")
NO_UV = _("uv found no way through this network, so pip fetches the parts; this takes longer.")
FULL_SIGNS = r"No space left|quota exceeded|(WinError|os error) 112\b"
CLOSED_SIGNS = r"Read-only file system|Permission denied|(WinError|os error) (5|32)\b"
OFFLINE_SIGNS = r"ConnectionError|Connection broken|timed out|Retrying|from versions: none|sending request"
PROGRESS = r"(Collecting|Downloading|Downloaded|Preparing|Prepared|Installing|Installed) .+"


def say(sentence):
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def sources():
    """The files that .venv is made from: a change in one calls for a new one."""
    extension = os.walk(os.path.join(ROOT, "kit", "jupyter", "labextension"))
    found = sorted(os.path.join(folder, name) for folder, _folders, names in extension for name in names)
    return [LOCK, os.path.join(ROOT, "pyproject.toml"), os.path.join(ROOT, "kit", "jupyter", "server.json")] + found


def wanted():
    """The stamp of a .venv that fits: it can neither be moved nor serve another Python."""
    digest = hashlib.sha256()
    for path in sources():
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(os.path.relpath(path, ROOT).encode() + file.read()).digest())
    return [ROOT, "%d.%d" % sys.version_info[:2], platform.machine(), digest.hexdigest()]


def stamp():
    """What .venv was made from; empty when there is none, or when its making was interrupted."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            return file.read().splitlines()
    except (OSError, ValueError):
        return []


def usable():
    """Whether .venv was completed in this place, and its Python is still there."""
    probe = "import sys; sys.exit('%d.%d' % sys.version_info[:2] != sys.argv[1])"
    if len(stamp()) != 4 or stamp()[0] != ROOT:
        return False
    try:
        return subprocess.call([PYTHON, "-I", "-c", probe, stamp()[1]], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def has_kit():
    """Whether this very Python has this folder's kit already, as in a conda environment."""
    import json
    from importlib.metadata import distribution
    from urllib.parse import urlparse
    from urllib.request import url2pathname

    try:
        told = json.loads(distribution("reflection-kit").read_text("direct_url.json"))
        place = os.path.realpath(url2pathname(urlparse(told["url"]).path))
        return bool(told["dir_info"]["editable"]) and place == ROOT and os.path.realpath(sys.prefix) != VENV
    except (ImportError, KeyError, TypeError, ValueError):
        return False


def take(handle):
    """Lock an open file, or raise at once when another start holds it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        os.lseek(handle, 1 << 30, os.SEEK_SET)  # Windows lets nobody read a locked byte: take one past the end
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def alone():
    """One start at a time: this file is the lock, and installers inherit it, as they may outlive a kill."""
    handle = os.open(os.path.realpath(__file__), os.O_RDONLY)
    os.set_inheritable(handle, True)
    told = False
    try:
        while True:
            try:
                take(handle)
                break
            except (BlockingIOError, PermissionError):
                told = told or not say(_("Another start is setting up the kit; this one waits for it."))
                time.sleep(0.5)
            except OSError:  # a network drive may know no locks
                break
        yield
    finally:
        os.close(handle)


def reason(words):
    """One sentence for what an installer or the system said."""
    if re.search(FULL_SIGNS, words, re.I) or shutil.disk_usage(ROOT).free < 50e6:
        return FULL
    if re.search(CLOSED_SIGNS, words, re.I) or not os.access(ROOT, os.W_OK):
        return CLOSED % ROOT
    return OFFLINE if re.search(OFFLINE_SIGNS, words, re.I) else OTHER % "\n".join(words.splitlines()[-3:])


def show(line):
    """One line of an installer, if it tells of progress, in place of the line before."""
    found = sys.stderr.isatty() and re.search(PROGRESS, line)
    if found:
        sys.stderr.write("  " + found.group(0)[:69].ljust(70) + "\r")
    return line


def run(heading, command):
    """One step of the making."""
    say(heading)
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    child = subprocess.Popen(command, cwd=ROOT, close_fds=False, encoding="utf-8", errors="replace", **pipes)
    try:
        words = "".join([show(line) for line in child.stdout])
    except KeyboardInterrupt:
        child.terminate()
        raise
    finally:
        child.wait()
        sys.stderr.write(" " * 72 + "\r" if sys.stderr.isatty() else "")
    if child.returncode:
        raise SystemExit(reason(words))


def uv_alone():
    """uv's own entry of the lock as a file, so that pip fetches it by its hashes before all else."""
    path = os.path.join(VENV, "uv.lock")
    with open(LOCK, encoding="utf-8") as whole, open(path, "w", encoding="utf-8") as part:
        part.write(re.search(r"^uv==(.*\\\n)*.*\n", whole.read(), re.M).group(0))
    return path


def install():
    """The parts by uv, which is several times faster, or by pip in a network that only pip is set up for."""
    pip = [PYTHON, "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps"]
    uv = [PYTHON, "-I", "-m", "uv", "pip", "install", "--python", PYTHON, "--no-deps", "--compile-bytecode"]
    run(_("1 of 4: a place of its own"), [OWN_PYTHON, "-I", "-m", "venv", VENV])
    run(_("2 of 4: the installer"), pip + ["--require-hashes", "-r", uv_alone()])
    try:
        run(_("3 of 4: the parts, about 150"), uv + ["--require-hashes", "-r", LOCK])
    except SystemExit as trouble:
        if str(trouble) in (FULL, CLOSED % ROOT):
            raise
        run(NO_UV, pip + ["--require-hashes", "-r", LOCK])
        uv = pip
    run(_("4 of 4: the kit itself"), uv + ["--no-build-isolation", "-e", ROOT])
    with open(STAMP, "w", encoding="utf-8") as file:
        file.write("\n".join(wanted()))


def make():
    """A new .venv; a usable earlier one stands aside meanwhile, and comes back when the new one cannot be."""
    if usable():
        shutil.rmtree(ASIDE, ignore_errors=True)
        os.rename(VENV, ASIDE)
    try:
        if os.path.lexists(VENV):
            shutil.rmtree(VENV)
        install()
    except BaseException:
        if os.path.exists(ASIDE):
            shutil.rmtree(VENV, ignore_errors=True)
            os.rename(ASIDE, VENV)
        raise
    shutil.rmtree(ASIDE, ignore_errors=True)


def repair():
    """The sentence of what hindered a wanted .venv, or None when it is there."""
    import importlib.util

    if stamp() == wanted() and usable():
        return None
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        return NO_VENV
    say(_("The Reflection Kit gathers its parts; this takes a minute or two and is seldom needed."))
    try:
        return make()
    except SystemExit as trouble:
        return str(trouble)
    except OSError as trouble:
        return reason(str(trouble))


def environment():
    """The Python that has the kit: this one, or that of .venv, which is made or repaired first."""
    if has_kit():
        return sys.executable
    with alone():
        trouble = repair()
        if trouble and not usable():
            raise SystemExit(trouble)
    if trouble:
        say(trouble + " " + _("Until then the kit goes on with what was installed before."))
    return PYTHON


def run_kit(python, words):
    """The kit's exit code. Ctrl-C reaches the kit by itself from a terminal; elsewhere it is passed on."""
    asked = threading.Event()
    signal.signal(signal.SIGINT, lambda *_told: asked.set())  # an exception amid the waiting would lose the code
    child = subprocess.Popen([python, "-P", "-m", "kit"] + words)
    signal.signal(signal.SIGTERM, lambda *_told: child.terminate())

    def pass_on():
        while asked.wait():
            asked.clear()
            time.sleep(3)
            child.send_signal(signal.SIGINT)

    if os.name != "nt" and not (sys.stdin and sys.stdin.isatty()):
        threading.Thread(target=pass_on, daemon=True).start()
    return child.wait()


def main(words):
    if sys.version_info < (3, 11):
        sys.exit(OLD % platform.python_version())
    try:
        python = environment()
    except KeyboardInterrupt:
        say(_("Stopped; the next start begins anew."))
        sys.exit(130)
    code = run_kit(python, words or ["open"])
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main(sys.argv[1:])
