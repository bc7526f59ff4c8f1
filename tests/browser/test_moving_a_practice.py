"""A practice goes to another computer: sealed on one page, brought in on another, and it opens there."""

import json
import urllib.error
import urllib.request
from contextlib import contextmanager

import lab
import pytest
import sitting

import kit
from kit.vault import keys, recovery_sheet

WORDS = "hot tea & 'rain' 🌿"
NEW_WORDS = "tea without rain"
WHOLE = {"practice.book", "practice.book.head", "practice.book.key"}


@pytest.fixture(scope="module")
def computers(serve, tmp_path_factory):
    """One with a practice, and two that know none."""
    homes = [tmp_path_factory.mktemp(name) for name in ("first", "second", "third")]
    book = kit.open_book(homes[0] / "practice.book", passphrase=WORDS)
    book.add(kit.Client(name="Otter"))
    book.close()
    none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return [serve(sitting.begin, home, **none) for home in homes]


@contextmanager
def own_practice(chromium, server):
    """The panel of one's own practice, on the first page of a computer."""
    context = chromium.new_context(viewport={"width": 1280, "height": 2400}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.page_of("0_start_here.ipynb"))
    door = sitting.panel(page, "own_practice")
    door.wait_for(timeout=60_000)
    yield door
    context.close()


@pytest.fixture(scope="module")
def sealed(computers, chromium, tmp_path_factory):
    """The file that the first computer's page hands out, once the practice is open there."""
    with own_practice(chromium, computers[0]) as door:
        door.get_by_text("Take it to another computer", exact=True).click()
        make = door.get_by_role("button", name="Make the sealed file")
        make.click()
        door.get_by_text("Please open it with its passphrase first").wait_for()
        door.locator("input.kit-secret").first.fill(WORDS)
        door.get_by_role("button", name="Open", exact=True).click()
        door.get_by_text("This practice is locked.", exact=True).wait_for(state="hidden")
        with door.page.expect_download() as download:
            make.click()
        door.get_by_text("is among your downloads").wait_for()
        file = tmp_path_factory.mktemp("stick") / download.value.suggested_filename
        download.value.save_as(file)
    return file


def left(home):
    """What lies in a home, without what a running server and an open book need."""
    passing = ("backups", "broker", "sample", "jupyter", "notebooks")
    kept = {path.name for path in home.iterdir() if not path.name.startswith(passing)}
    return {name for name in kept if not name.endswith(("-wal", "-shm", ".lock"))}


def test_it_is_brought_to_another_computer_by_its_passphrase(computers, sealed, chromium):
    with own_practice(chromium, computers[1]) as door:
        door.get_by_text("I have a practice from another computer").click()
        form = door.locator("details form").first
        bring = form.get_by_role("button")
        bring.click()
        form.get_by_text("choose the sealed file first").wait_for()
        door.locator("input[type=file]").set_input_files(sealed)
        form.locator("input.kit-secret").fill("another")
        bring.click()
        form.get_by_text("does not open the book").wait_for()
        assert left(computers[1].home) == set()
        form.locator("input.kit-secret").fill(WORDS)
        bring.click()
        door.get_by_role("link", name="Open the first session").wait_for()
        assert WORDS not in door.page.content()

    assert keys.read_key_file(computers[1].home / "practice.book", WORDS)
    assert computers[1].ask("kit/practice")["open"]
    assert left(computers[1].home) == WHOLE


def test_it_is_brought_to_another_computer_by_its_recovery_sheet(computers, sealed, chromium):
    rows = recovery_sheet.encode(keys.read_key_file(computers[0].home / "practice.book", WORDS))
    with own_practice(chromium, computers[2]) as door:
        door.get_by_text("I have a practice from another computer").click()
        door.locator("input[type=file]").set_input_files(sealed)
        door.get_by_text("I have the recovery sheet").click()
        form = door.locator("details details form")
        form.locator("textarea").fill("\n".join(rows).lower())
        for at in (0, 1):
            form.locator("input[type=password]").nth(at).fill(NEW_WORDS)
        form.get_by_role("button").click()
        door.get_by_role("link", name="Open the first session").wait_for()

    assert keys.read_key_file(computers[2].home / "practice.book", NEW_WORDS)


# the address behind it ------------------------------------------------------------------------------


def asked(server, body=None, token=""):
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(server.base + "kit/practice/sealed", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def told(server, body):
    """What is said of a body that no page sends."""
    with pytest.raises(urllib.error.HTTPError, match="400") as turned_away:
        asked(server, body, server.token)
    return turned_away.value.read()


@pytest.mark.parametrize("body", [None, b'{"passphrase": "x"}\n' + b"\0" * 3_000_000])
def test_nobody_without_the_token_gets_or_brings_anything(computers, sealed, body):
    with pytest.raises((urllib.error.URLError, ConnectionError)) as turned_away:
        asked(computers[0], body)

    assert getattr(turned_away.value, "code", 403) == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "another version"),
        (b"no line at all" * 10_000, "another version"),
        (b"no json\nand more", "another version"),
        (b'{"passphrase": "x"}\n', "stays"),
        (b'{"passphrase": "x"}\n' + b"\0" * 3_000_000, "stays"),
    ],
)
def test_whatever_is_sent_is_answered_in_a_sentence(computers, body, said):
    answer = told if said == "another version" else lambda server, body: asked(server, body, server.token)

    assert said in json.loads(answer(computers[0], body))["said"]


def test_what_was_made_for_the_page_is_gone_afterwards(computers, sealed):
    content = asked(computers[0], token=computers[0].token)

    assert content == sealed.read_bytes() or content.startswith(b"reflection-kit sealed practice")
    lab.until(lambda: left(computers[0].home) == WHOLE)
