"""Backups as a coach meets them: one is made by itself once the practice was opened, and an earlier one comes back."""

import lab
import owning
import pytest
import sitting

import kit

WORDS = "hot tea & 'rain' 🌿"


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """A kit whose practice holds somebody, and is open."""
    home = tmp_path_factory.mktemp("home")
    book = kit.open_book(home / "practice.book", passphrase=WORDS)
    book.add(kit.Client(name="Otter"))
    book.close()
    root = tmp_path_factory.mktemp("notebooks")
    cells = ["import kit", "book = kit.open_book()", "book.just_me()", "book.backups()"]
    lab.scratch_notebook(root / "mine.ipynb", cells)
    return serve(lab.open_notebooks, root, home, notebook="mine", KIT_PASSPHRASE=WORDS, **owning.NO_KEYRING)


@pytest.fixture(scope="module")
def page(server, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 2400}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.address)
    owning.is_behind_the_curtain(page)
    owning.open_door(page)
    sitting.panel(page, "backups").get_by_role("button", name="Make one now").wait_for(timeout=60_000)
    yield page
    context.close()


def sealed(server):
    return sorted((server.home / "backups").glob("*.sealed"))


def noted(server, name):
    """What another program notes while the kit runs."""
    book = kit.open_book(server.home / "practice.book", passphrase=WORDS)
    book.add(kit.Client(name=name))
    book.close()


def names(server):
    book = kit.open_book(server.home / "practice.book", passphrase=WORDS)
    try:
        return [one.name for one in book.records(kit.Client)]
    finally:
        book.close()


def test_opening_the_practice_on_a_page_makes_a_backup_while_the_page_goes_on(server, page):
    lab.until(lambda: sealed(server))

    assert len(sealed(server)) == 1


def test_one_is_made_now_and_brought_back_and_the_pages_open_by_themselves_afterwards(server, page):
    panel = sitting.panel(page, "backups")
    panel.get_by_role("button", name="Make one now").click()
    panel.get_by_text("was brought back once").wait_for()
    noted(server, "Maple")
    panel.get_by_role("button", name="Bring one back").click()
    panel.get_by_role("button", name="Bring back", exact=True).first.click()
    panel.get_by_role("button", name="Leave it as it is").click()
    assert names(server) == ["Otter", "Maple"]
    panel.get_by_role("button", name="Bring back", exact=True).first.click()
    panel.get_by_role("button", name="Yes, bring this one back").click()
    panel.get_by_text("The backup is back.").wait_for()

    assert names(server) == ["Otter"]
    assert server.ask("kit/practice")["open"]
    (aside,) = (
        one
        for one in server.home.glob("practice.book.before-restore-*")
        if not one.name.endswith((".key", ".head", "-wal"))
    )
    book = kit.open_book(aside, passphrase=WORDS)
    assert [one.name for one in book.records(kit.Client)] == ["Otter", "Maple"]
    book.close()
