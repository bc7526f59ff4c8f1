"""Notebooks that try to run by themselves, and what lies beside them: for the tests of trust."""

from pathlib import Path

OPENED = ["import kit", "book = kit.open_book()"]
RAN = "__import__('pathlib').Path('it_ran').touch()"
# Whatever is said here is the one cell of an otherwise proper notebook.
ATTEMPTS = {
    "code in the string of a word": f'book.phase("{RAN}")',
    "a sentence given to a word": 'book.phase("the phase of arriving")',
    "a path given to a word": 'book.phase("/share/phase")',
    "a path on a share given to a word": r'book.phase("\\share\phase")',
    "a path given to a word that takes none": 'book.journey("/share/x.book")',
    "more than a word takes": "book.phase('arriving', 'closing')",
    "a name that a word does not know": "book.phase(title='arriving')",
    "the word's own self": "book.phase(self='arriving')",
    "a number given to a word": "book.history(1)",
    "bytes given to a word": "book.phase(b'arriving')",
    "a second statement on a line": f"book.journey(); {RAN}",
    "a second statement far to the right": f"book.journey(){' ' * 600}; {RAN}",
    "a second line": f"book.journey()\n{RAN}",
    "a second line behind a carriage return": f"book.journey()\r{RAN}",
    "a second statement behind a continued line": f"book.journey()\\\n; {RAN}",
    "a default argument": f"def journey(book={RAN}): pass",
    "an f-string": f'book.phase(f"{{{RAN}}}")',
    "a walrus": "(book := kit.open_book())",
    "a walrus in a word": f"book.phase(name := {RAN})",
    "a decorator": "@print\ndef journey(): pass",
    "a lambda": f"book.phase((lambda: {RAN})())",
    "a comprehension": f"[{RAN} for _ in 'x']",
    "a starred argument": "book.phase(*['arriving'])",
    "a doubly starred argument": "book.phase(**{'name': 'arriving'})",
    "a choice": f"book.phase('arriving' if {RAN} else 'closing')",
    "texts added": "book.phase('arriv' + 'ing')",
    "a text in a list": "book.phase(['arriving'])",
    "an attribute that is no word": "book.__class__",
    "a hidden part of the book": "book._store",
    "a word that is none": "book._say('journey')",
    "the making of a book": "book.__init__()",
    "a chain behind a word": "book.journey().close()",
    "a chain before a word": "book.state.choose('Heron')",
    "the globals of a word": "book.journey.__globals__",
    "a word without its call": "book.journey",
    "an index": f"book[{RAN}]",
    "a word in a block": "if True: book.journey()",
    "a word that is awaited": "await book.journey()",
    "a book on a share": "book = kit.open_book('/share/x.book')",
    "a book on a Windows share": r"book = kit.open_book('\\server\share\x.book')",
    "a book beside the notebook": "book = kit.open_book('x.book')",
    "a book by its parameter's name": "book = kit.open_book(place='/share/x.book')",
    "a book with a passphrase": "book = kit.open_book(passphrase='x')",
    "a book from a variable": "book = kit.open_book(place)",
    "a book under another name": "kit = kit.open_book()",
    "a book put into the kit": "kit.open_book = kit.open_book()",
    "two names at once": "other = book = kit.open_book()",
    "an annotated book": f"book: {RAN} = kit.open_book()",
    "a pair of books": f"book = kit.open_book(), {RAN}",
    "the kit under another name": "import kit as book",
    "another module beside the kit": "import kit, os",
    "another module as the kit": "import os as kit",
    "a part of the kit": "import kit.jupyter.launch",
    "all of the kit": "from kit import *",
    "something of the kit": "from kit import open_book",
    "a magic": "%run it.py",
    "a cell of a magic": f"%%time\n{RAN}",
    "the shell": "!touch it_ran",
    "the shell's answer": "book = !touch it_ran",
    "help": "book.journey?",
    "IPython's quoting": ",print it",
    "code in words": f'exec("{RAN}")',
    "a record kept": "book.add(kit.Client(name='Otter'))",
    "a page written": "book.report('Heron')",
    "files written": "book.export('Heron', '/share')",
    "somebody erased": "book.erase('Heron')",
    "a practice unlocked": "book.unlock('x')",
    "a null byte": "book.journey()\0",
    "half a sign": "book.journey() #\ud800",
    "another coding": f"# -*- coding: utf-7 -*-\n{RAN}",
    "Cyrillic letters": "b\u043e\u043ek.journey()",
    "letters that Python takes for plain ones": "\uff42ook.journey()",
    "bold letters": "import \U0001d424\U0001d422\U0001d42d",
    "a word in such letters": "book.\uff4aourney()",
    "brackets that overwhelm the parser": "(" * 100_000,
    "signs that overwhelm the parser": "~" * 499 + "1",
    "a chain that overwhelms the parser": "book" + ".journey()" * 49,
    "a million signs": "#" * 1_000_000,
    "no text": 5,
    "a list of texts": ["import kit"],
    "nothing": None,
}
# As a coach changes it: in another order, with another phase, with a remark, with an empty cell.
COPY = [
    *OPENED,
    "book.support_now()  # first …",
    'book.phase("our_own")',
    'book.phase( name = "closing", )',
    "",
    "# later",
]
# What a kernel, or a word that is said in it, would import if it were beside the notebook.
BESIDE = (
    "kit", "IPython", "ipykernel", "ipykernel_launcher", "ipywidgets", "anywidget", "traitlets", "comm", "psutil",
    "sitecustomize", "usercustomize", "json", "sqlite3", "pandas", "plotly", "ipython_config", "ipython_kernel_config",
)  # fmt: skip


def lay_traps(folder: Path) -> None:
    """Modules beside a notebook, each of which tells that it was imported."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        (folder / f"{name}.py").write_text(f"open({str(folder / 'imported')!r}, 'a').write('{name} ')")
    for package in ("IPython", "profile_default"):
        (folder / package).mkdir()
        for name in ("__init__", "ipython_config", "ipython_kernel_config"):
            (folder / package / f"{name}.py").write_text(f"open({str(folder / 'imported')!r}, 'a').write('{package} ')")
