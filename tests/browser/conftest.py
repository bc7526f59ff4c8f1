"""A real JupyterLab and a real browser for the tests of this folder."""

import os

import lab
import pytest
import sitting

import kit
from kit.vault import backups

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Whatever a browser wants to look up for itself, it does not find.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package", autouse=True)
def nobodys_home(tmp_path_factory):
    """Where a fixture that outlives a test opens a book: nothing goes into the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_HOME", str(tmp_path_factory.mktemp("nobody")))
        patch.setattr(backups, "schedule", lambda place, key: None)
        yield


@pytest.fixture(scope="package")  # its driver keeps a loop running, and no other test is to meet that
def chromium():
    """The browser; without one the tests skip, or fail where KIT_BROWSER_TESTS=required asks for one."""
    path = lab.found_chromium()
    if path is None:
        message = "no Chromium, Chrome or Edge found: the browser tests were left out"
        if os.environ.get("KIT_BROWSER_TESTS") == "required":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as long as everything else waits
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium):
    """Pages of people who were never here before; they are closed after the test."""
    contexts = []

    def begin(**looks):
        contexts.append(chromium.new_context(**looks))
        return contexts[-1].new_page()

    yield begin
    for one in contexts:
        one.close()


@pytest.fixture
def page(new_page):
    return new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")


@pytest.fixture(scope="module")
def serve():
    """Starts servers with `lab.open_notebooks` or `lab.start`, and ends them after the module's tests."""
    running = []

    def begin(how, *arguments, **options):
        running.append(how(*arguments, **options))
        return running[-1]

    yield begin
    for one in running:
        one.end()


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """The kit's own start on the shipped notebooks and the sample practice."""
    return serve(sitting.begin, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def room(server, chromium):
    """One page for all tests of one file."""
    with sitting.room(chromium, server) as page:
        yield page


@pytest.fixture(scope="module")
def book(server, room):
    """The sample practice, once the notebook has made it."""
    book = kit.open_book(server.home / "sample.book")
    yield book
    book.close()
