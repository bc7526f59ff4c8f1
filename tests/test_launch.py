"""Starting the kit: one address, one server, nothing left behind, nothing of a person's own Jupyter changed."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from kit import places
from kit.jupyter import hardening, launch
from kit.vault import agent, keys
from kit.words import KitError

sys.path.insert(0, str(Path(__file__).parent / "browser"))
import lab
from starts import Starts

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KIT_BOOK", raising=False)
    return places.home()


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    folder = (tmp_path / "notebooks").resolve()
    lab.scratch_notebook(folder / "1_session.ipynb", ["# A session", "import os; os.getpid()"])
    monkeypatch.setattr(places, "notebooks", lambda: folder)
    return folder


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One real server for the tests that only ask it something."""
    folder = tmp_path_factory.mktemp("running")
    lab.scratch_notebook(folder / "notebooks/1_session.ipynb", ["# A session", "import os; os.getpid()"])
    server = lab.open_notebooks((folder / "notebooks").resolve(), folder / "home")
    yield server
    server.end()


@pytest.fixture
def pretender():
    """A server that answers anything with what it is told to."""
    servers = []

    def begin(answer: object) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_arguments):
                pass

        servers.append(HTTPServer((launch.HOST, 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_port

    yield begin
    for one in servers:
        one.shutdown()
        one.server_close()


def runtime_file(port: int, name: str = "jpserver-1.json", pid: int | None = None) -> None:
    folder = launch.jupyter_folder() / "runtime"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"url": f"http://{launch.HOST}:{port}/", "token": "t", "pid": pid or os.getpid()})
    (folder / name).write_text(text)


def second_start(server, **more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", lab.OPEN_ELSEWHERE, str(server.root), "1_session", "0"]
    environment = lab.surroundings(server.home, **more)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_second_start_shows_the_address_of_the_running_one(running):
    done = second_start(running)

    assert done.stdout.splitlines() == [running.address]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_running_server_of_the_same_book_notebooks_and_home_is_used_again(home, notebooks, pretender, capsys):
    port = pretender({"root": str(notebooks), "book": ""})
    runtime_file(port)

    assert launch.open_notebook(browser=False) == 0
    assert capsys.readouterr().out == f"http://127.0.0.1:{port}/doc/tree/1_session.ipynb?token=t\n"


@pytest.mark.parametrize("answer", [{"root": "/another", "book": ""}, {"book": ""}, [], "hello"])
def test_a_server_of_something_else_is_not_taken_for_ours(home, notebooks, pretender, answer):
    runtime_file(pretender(answer))

    assert launch._find_running_server(launch.jupyter_folder() / "runtime") is None


def test_a_server_on_another_book_is_not_taken_for_ours(home, notebooks, pretender, monkeypatch):
    runtime_file(pretender({"root": str(notebooks), "book": "sample"}))
    monkeypatch.setenv("KIT_BOOK", "another.book")

    assert launch._find_running_server(launch.jupyter_folder() / "runtime") is None


def test_what_a_server_that_is_gone_left_behind_is_passed_over(home, notebooks, pretender):
    folder = launch.jupyter_folder() / "runtime"
    runtime_file(lab.free_port(), "jpserver-1.json")
    (folder / "jpserver-2.json").write_text("half a fi")
    port = pretender({"root": str(notebooks), "book": ""})
    runtime_file(port, "jpserver-3.json")

    assert launch._find_running_server(folder)["url"] == f"http://127.0.0.1:{port}/"


def test_a_server_that_does_not_answer_is_not_gone_and_no_second_one_is_begun(home, notebooks, monkeypatch):
    monkeypatch.setattr(launch, "ANSWER_TIMEOUT", 0.3)
    with socket.create_server((launch.HOST, 0)) as silent:
        runtime_file(silent.getsockname()[1])

        with pytest.raises(KitError, match="isn't answering just now"):
            launch.open_notebook(browser=False)


def test_a_silent_port_of_a_server_whose_process_is_no_more_is_passed_over(home, notebooks, monkeypatch):
    monkeypatch.setattr(launch, "ANSWER_TIMEOUT", 0.3)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone, socket.create_server((launch.HOST, 0)) as silent:
        gone.wait()
        runtime_file(silent.getsockname()[1], pid=gone.pid)

        assert launch._find_running_server(launch.jupyter_folder() / "runtime") is None


def test_three_starts_within_a_second_make_no_second_server_of_a_book_and_share_one_keeper(home, notebooks):
    starts, key = Starts(notebooks, home, ("", "", "sample")), keys.generate()
    try:
        assert len(set(starts.addresses)) == 2, starts.addresses
        assert len(starts.keepers()) == 1
        assert agent.add_key(places.practice(), key, 3600)
        for one in starts.servers():
            assert agent.get_key(places.practice()) == key
            one.send_signal(lab.interrupt())
            assert one.wait(60) == 0
        assert starts.keepers() == []
        assert [one.communicate()[1] for one in starts.begun] == ["", "", ""]
    finally:
        starts.kill()


def test_a_port_that_is_taken_is_said_in_one_sentence(home, notebooks):
    with socket.socket() as other:
        other.bind((launch.HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(KitError, match=f"^Port {port} is not free."):
            launch.open_notebook(browser=False, port=port)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_number_that_is_no_port_is_said_in_one_sentence(home, notebooks, port):
    with pytest.raises(KitError, match=f"^Port {port} is not free."):
        launch.open_notebook(browser=False, port=port)


def test_a_notebook_that_does_not_exist_is_said_in_one_sentence(home, notebooks):
    with pytest.raises(KitError, match="no notebook called 9_nothing"):
        launch.open_notebook("9_nothing", browser=False)


def test_a_person_s_own_jupyter_settings_are_left_alone(home, monkeypatch):
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, "/somebody/s/own")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/somebody/s/own")

    hardening._separate_settings(launch.jupyter_folder())
    pointed = [os.environ[name] for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")]
    assert all(Path(folder).is_relative_to(home) for folder in pointed)
    assert "JUPYTER_CONFIG_PATH" not in os.environ


def test_the_settings_name_what_this_jupyterlab_knows(running):
    """A setting whose name JupyterLab has changed would be passed over in silence."""
    for name, values in hardening.SETTINGS.items():
        known = running.ask(f"lab/api/settings/{name}")["schema"]["properties"]
        assert set(values) <= set(known), name


def test_the_server_answers_only_to_its_own_token(running):
    for path in ("kit/own", "kit/plotly.min.js", "api/contents/1_session.ipynb"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            no_redirects().open(running.base + path, timeout=20)
        assert refused.value.code in (302, 403)


def no_redirects():
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments):
            return None

    return urllib.request.build_opener(Stay)


def test_the_server_says_which_notebooks_and_which_book_it_was_started_for(running):
    assert running.ask("kit/own") == {"root": str(running.root), "book": ""}


def test_the_pictures_bundle_is_handed_out_once_and_kept(running):
    headers = {"Authorization": f"token {running.token}"}
    request = urllib.request.Request(running.base + "kit/plotly.min.js", headers=headers)

    with urllib.request.urlopen(request, timeout=20) as answer:
        assert "javascript" in answer.headers["Content-Type"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert b"plotly.js" in answer.read(200)


HOSTILE = """
c = get_config()
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.allow_remote_access = True
c.IdentityProvider.token = ""
c.ServerApp.terminals_enabled = True
c.HistoryManager.enabled = True
"""


@pytest.fixture(scope="module")
def against(tmp_path_factory):
    """A server that was started where a person's own Jupyter is open to everybody."""
    folder = tmp_path_factory.mktemp("against")
    lab.scratch_notebook(folder / "notebooks/1_session.ipynb", ["# A session"])
    person = folder / "person"
    for place in (".jupyter", "own", "path"):
        (person / place).mkdir(parents=True)
        (person / place / "jupyter_server_config.py").write_text(HOSTILE)
        (person / place / "jupyter_lab_config.py").write_text(HOSTILE)
    settings = {
        "HOME": str(person), "USERPROFILE": str(person), "JUPYTER_CONFIG_DIR": str(person / "own"),
        "JUPYTER_CONFIG_PATH": str(person / "path"), "JUPYTER_TOKEN": "known", "JUPYTER_PORT": "0",
    }  # fmt: skip
    server = lab.open_notebooks((folder / "notebooks").resolve(), folder / "home", **settings)
    yield server
    server.end()


@pytest.mark.parametrize("which", ["running", "against"])
def test_the_server_listens_on_this_computer_alone_and_to_its_token_whatever_a_person_s_own_jupyter_says(
    which, request
):
    server = request.getfixturevalue(which)
    family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    listening = {line.laddr.ip for one in family for line in one.net_connections("inet") if line.status == "LISTEN"}

    assert listening == {"127.0.0.1"}
    assert len(server.token) >= 32
    for path in ("api/status", "api/contents", "api/contents?token=known", "api/contents?token="):
        with pytest.raises(urllib.error.HTTPError) as refused:
            no_redirects().open(server.base + path, timeout=20)
        assert refused.value.code in (302, 403)
    assert server.ask("api/status")


def test_there_are_no_terminals(running):
    with pytest.raises(urllib.error.HTTPError):
        running.ask("api/terminals", "POST", {})


@pytest.fixture
def started(tmp_path):
    lab.scratch_notebook(tmp_path / "notebooks/1_session.ipynb", ["# A session", "1"])
    server = lab.open_notebooks(tmp_path / "notebooks", tmp_path / "home")
    yield server
    server.end()


def test_ctrl_c_ends_the_server_and_leaves_no_process_and_no_word(started):
    session = {"path": "1_session.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    started.ask("api/sessions", "POST", session)
    children = psutil.Process(started.process.pid).children(recursive=True)
    assert children

    assert started.end() == 0
    assert started.process.communicate() == ("", "")
    assert psutil.wait_procs(children, timeout=30)[1] == []
    assert list((started.home / "jupyter/runtime").glob("jpserver-*")) == []


def test_it_ends_also_while_a_page_is_still_asking_for_a_file(started):
    """Jupyter reads files in threads that live as long as what was asked for; the program would wait for them."""
    for number in range(20_000):
        (started.root / f"{number}.txt").touch()
    asking = http.client.HTTPConnection(launch.HOST, started.port)
    asking.request("GET", "/api/contents?content=1", headers={"Authorization": f"token {started.token}"})
    assert started.ask("api/status")  # what was asked before is under way

    assert started.end() == 0
    assert asking.getresponse().status == 500
