"""A key: opened by a passphrase or its recovery sheet, and by nothing else; what is amiss is said in words."""

import base64
import json
import os
import subprocess
import sys
from unicodedata import normalize

import keyring
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as KeepsNothing

from kit import places
from kit.vault import keys, recovery_sheet, system_keyring
from kit.words import KitError

REAL_COSTS = dict(keys.ARGON2_COSTS)
WORDS = 'sea "glass" and Ålesund 🌿'
KEYS = st.binary(min_size=keys.KEY_SIZE, max_size=keys.KEY_SIZE)
WRONG, CHANGED = "does not open the book", "was cut or changed"


def a_book(passphrase=WORDS, key=None):
    book = places.home() / "practice.book"
    keys.write_key_file(book, key or keys.generate(), passphrase)
    return book


def said(do, *given):
    with pytest.raises(KitError) as trouble:
        do(*given)
    return str(trouble.value)


def rewritten(book, **changes):
    """Changes a key file as somebody would who knows its checksum."""
    settings = {**json.loads(keys.path_for(book).read_bytes()), **changes}
    keys.path_for(book).write_bytes(keys._serialize(keys._with_checksum(settings)))


# the key file ---------------------------------------------------------------------------------


@given(words=st.text(min_size=1), key=KEYS)
def test_any_text_opens_what_it_closed(words, key):
    book = a_book(words, key)

    assert keys.read_key_file(book, words) == key


@given(words=st.text(min_size=1))
def test_the_same_words_typed_on_another_system_open_it(words):
    key = keys.generate()
    book = a_book(normalize("NFC", words), key)

    assert keys.read_key_file(book, normalize("NFD", words)) == key


@given(words=st.text(min_size=1), other=st.text(min_size=1))
def test_another_passphrase_never_opens_it(words, other):
    assume(normalize("NFC", words) != normalize("NFC", other))
    book = a_book(words)

    assert WRONG in said(keys.read_key_file, book, other)


@pytest.mark.parametrize("other", [WORDS + " ", WORDS.lower(), WORDS[:-1], f"{WORDS}\0", "x" * 100_000])
def test_a_passphrase_that_is_nearly_right_does_not_open_it(other):
    assert WRONG in said(keys.read_key_file, a_book(), other)


def test_a_passphrase_without_a_sign_or_with_half_of_one_is_sent_back_in_words():
    book = a_book()

    for do in (
        lambda words: keys.write_key_file(book, keys.generate(), words),
        lambda words: keys.read_key_file(book, words),
    ):
        assert "at least one sign" in said(do, "")
        assert "half of a sign" in said(do, "a \ud83c b")
    assert keys.read_key_file(book, WORDS)


def test_a_wrong_passphrase_takes_the_same_path_as_the_right_one_up_to_the_refusal(monkeypatch):
    book, path, cipher = a_book(), [], keys._cipher
    monkeypatch.setattr(keys, "_cipher", lambda settings, words: path.append(settings) or cipher(settings, words))

    keys.read_key_file(book, WORDS)
    said(keys.read_key_file, book, "other words")
    assert len(path) == 2
    assert path[0] == path[1]


def test_the_key_stands_in_its_file_in_no_form_and_a_new_file_shares_nothing_secret_with_the_old():
    key = keys.generate()
    book = a_book(key=key)
    first = keys.path_for(book).read_bytes()
    keys.write_key_file(book, key, WORDS)
    second = keys.path_for(book).read_bytes()

    for form in (key, key.hex().encode(), base64.b64encode(key), *map(str.encode, recovery_sheet.encode(key))):
        assert form not in first
    one, two = json.loads(first), json.loads(second)
    assert one["id"] == two["id"] == keys.key_id(key)
    assert all(one[name] != two[name] for name in ("salt", "nonce", "wrapped"))


@pytest.mark.skipif(os.name == "nt", reason="there the profile's own rights hold")
def test_a_key_file_is_readable_for_its_owner_alone():
    book = a_book()

    assert keys.path_for(book).stat().st_mode & 0o777 == 0o600


def test_a_guess_costs_memory_and_the_file_says_how_much(monkeypatch):
    monkeypatch.setattr(keys, "ARGON2_COSTS", REAL_COSTS)
    book = a_book()

    settings = json.loads(keys.path_for(book).read_bytes())
    assert settings["memory"] >= 64 * 1024
    assert settings["passes"] >= 3
    assert keys.read_key_file(book, WORDS)


def test_a_change_of_passphrase_keeps_the_key_and_the_old_words_open_nothing():
    key = keys.generate()
    book = a_book(key=key)

    keys.write_key_file(book, keys.read_key_file(book, WORDS), "a few quite new words")
    assert keys.read_key_file(book, "a few quite new words") == key
    assert WRONG in said(keys.read_key_file, book, WORDS)


@given(data=st.data())
def test_a_key_file_with_one_changed_byte_is_sent_back_and_never_opens(data):
    book = a_book()
    whole = keys.path_for(book).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[at]))
    keys.path_for(book).write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])

    assert CHANGED in said(keys.read_key_file, book, WORDS)


@given(data=st.data())
def test_a_key_file_that_was_cut_or_has_grown_is_sent_back_and_never_opens(data):
    book = a_book()
    whole = keys.path_for(book).read_bytes()
    shorter = st.integers(0, len(whole) - 1).map(lambda end: whole[:end])
    longer = st.binary(min_size=1, max_size=9000).map(lambda more: whole + more)
    keys.path_for(book).write_bytes(data.draw(shorter | longer))

    assert CHANGED in said(keys.read_key_file, book, WORDS)


@given(content=st.binary(max_size=300) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_lies_there_instead_of_a_key_file_is_sent_back_in_words(content):
    book = a_book()
    keys.path_for(book).write_bytes(content if isinstance(content, bytes) else content.encode())

    assert CHANGED in said(keys.read_key_file, book, WORDS)


@pytest.mark.parametrize("changes", [
    {"id": "0" * 16}, {"memory": 16}, {"passes": 2}, {"salt": base64.b64encode(b"s" * 16).decode()}, {"more": 1},
    {"nonce": base64.b64encode(b"n" * 12).decode()}, {"wrapped": base64.b64encode(b"w" * 48).decode()},
])  # fmt: skip
def test_settings_changed_by_somebody_who_mends_the_checksum_open_nothing(changes):
    book = a_book()
    rewritten(book, **changes)

    assert WRONG in said(keys.read_key_file, book, WORDS)


@pytest.mark.parametrize("changes", [
    {"memory": 1 << 40}, {"memory": 0}, {"memory": -8}, {"memory": 8, "lanes": 2}, {"memory": 8.0}, {"memory": True},
    {"memory": "65536"}, {"passes": 10**9}, {"passes": 0}, {"lanes": 10**6}, {"salt": ""}, {"salt": 7}, {"nonce": "AA"},
    {"wrapped": ""}, {"salt": None}, {"reflection-kit key file": 0},
])  # fmt: skip
def test_settings_beyond_all_measure_are_sent_back_before_anything_is_reckoned(changes, monkeypatch):
    book = a_book()
    rewritten(book, **changes)
    monkeypatch.setattr(keys, "_cipher", lambda *_: pytest.fail("it began to reckon"))

    assert CHANGED in said(keys.read_key_file, book, WORDS)


def test_a_key_file_of_a_newer_kit_says_so():
    book = a_book()
    rewritten(book, **{"reflection-kit key file": 2})

    assert "newer kit" in said(keys.read_key_file, book, WORDS)


def test_without_its_key_file_the_sentence_points_to_the_recovery_sheet():
    book = a_book()
    keys.path_for(book).unlink()

    assert "recovery sheet" in said(keys.read_key_file, book, WORDS)


def test_a_folder_in_the_place_of_the_key_file_is_said_in_words():
    book = a_book()
    keys.path_for(book).unlink()
    keys.path_for(book).mkdir()

    assert "cannot be read" in said(keys.read_key_file, book, WORDS)
    assert "could not be written" in said(keys.write_key_file, book, keys.generate(), WORDS)
    assert [one.name for one in places.home().iterdir()] == ["practice.book.key"]


@pytest.mark.parametrize("broken", ["os.fsync", "pathlib.Path.replace", "tempfile.mkstemp"])
def test_when_writing_stops_half_way_the_old_key_file_stays_and_nothing_else(broken, monkeypatch):
    book = a_book()

    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broken, full)
    assert "Nothing is lost" in said(keys.write_key_file, book, keys.generate(), "a few quite new words")
    assert keys.read_key_file(book, WORDS)
    assert [one.name for one in places.home().iterdir()] == ["practice.book.key"]


def test_too_little_memory_is_said_in_words(monkeypatch):
    class Full:
        def __init__(self, **_given):
            pass

        def derive(self, _words):
            raise MemoryError

    book = a_book()
    monkeypatch.setattr("cryptography.hazmat.primitives.kdf.argon2.Argon2id", Full)

    assert "too little memory" in said(keys.read_key_file, book, WORDS)


@pytest.mark.parametrize(("content", "locked"), [
    (None, False), (b"", False), (b"SQLite format 3\0".ljust(4096), False), (b"a line of words\n" * 256, False),
    (b"\xd2" * 64, False), (b"\xd2" * 4096, True),
])  # fmt: skip
def test_a_book_is_locked_when_it_looks_like_whole_pages_that_nobody_can_read(content, locked):
    book = places.home() / "some.book"
    if content is not None:
        book.write_bytes(content)

    assert keys.is_encrypted(book) is locked
    keys.write_key_file(book, keys.generate(), WORDS)
    assert keys.is_encrypted(book)


# the recovery sheet ---------------------------------------------------------------------------


@given(key=KEYS)
def test_a_sheet_gives_its_key_back(key):
    rows = recovery_sheet.encode(key)

    assert recovery_sheet.decode("\n".join(rows)) == key
    assert [len(group) for row in rows for group in row.split()] == [4] * 18
    assert not set("".join(rows)) & set("ILOU")


@given(key=KEYS, data=st.data())
def test_a_sheet_may_be_typed_as_people_type(key, data):
    rows = recovery_sheet.encode(key)
    numbered = data.draw(st.booleans())
    between = data.draw(st.sampled_from(["\n", "\r\n\r\n", " ", "\n\n  "]))
    typed = between.join(f"{n}. {row}" if numbered else row for n, row in enumerate(rows, 1))
    for letter, alike in (("0", "oO0"), ("1", "iIlL1"), ("V", "uvUV"), (" ", [" ", "", "-", " - ", "\t", "\u00a0"])):
        typed = typed.replace(letter, data.draw(st.sampled_from(list(alike))))

    assert recovery_sheet.decode(typed if data.draw(st.booleans()) else typed.lower()) == key


@given(key=KEYS, data=st.data())
def test_any_single_changed_letter_is_noticed_and_its_row_named(key, data):
    rows = recovery_sheet.encode(key)
    row, at = data.draw(st.integers(0, 5)), data.draw(st.sampled_from([n for n in range(14) if n not in (4, 9)]))
    other = data.draw(st.sampled_from(recovery_sheet.LETTERS).filter(lambda one: one != rows[row][at]))
    rows[row] = rows[row][:at] + other + rows[row][at + 1 :]

    assert f"Row {row + 1} is not as on the sheet" in said(recovery_sheet.decode, "\n".join(rows))


def test_every_single_changed_letter_of_one_sheet_is_noticed():
    typed = "".join(recovery_sheet.encode(bytes(range(32)))).replace(" ", "")

    for at, old in enumerate(typed):
        for new in set(recovery_sheet.LETTERS) - {old}:
            wrong = typed[:at] + new + typed[at + 1 :]
            assert f"Row {1 + at // 12} is" in said(recovery_sheet.decode, wrong)


@given(key=KEYS, data=st.data())
def test_two_letters_in_each_others_place_are_noticed_and_their_row_named(key, data):
    rows = [list(row.replace(" ", "")) for row in recovery_sheet.encode(key)]
    row, (one, two) = data.draw(st.integers(0, 5)), data.draw(st.permutations(range(12)).map(lambda all_: all_[:2]))
    assume(rows[row][one] != rows[row][two])
    rows[row][one], rows[row][two] = rows[row][two], rows[row][one]

    assert f"Row {row + 1} is not as on the sheet" in said(recovery_sheet.decode, "\n".join(map("".join, rows)))


def test_letters_too_few_or_too_many_are_named_by_their_row():
    rows = recovery_sheet.encode(keys.generate())
    short, long = [*rows], [*rows]
    short[2], long[4] = rows[2][:-1], "A" + rows[4]

    assert "Row 3 has 11 letters; on the sheet it has 12" in said(recovery_sheet.decode, "\n".join(short))
    assert "Row 5 has 13 letters" in said(recovery_sheet.decode, "\n".join(long))
    assert "Row 4" in said(recovery_sheet.decode, "\n".join(rows[:3] + rows[4:]))
    assert "more letters than on a sheet" in said(recovery_sheet.decode, "\n".join([*rows, rows[0]]))
    assert "Row 1 has 0 letters" in said(recovery_sheet.decode, " \n ")


def test_rows_in_each_others_place_and_rows_of_two_sheets_are_noticed():
    rows, others = recovery_sheet.encode(keys.generate()), recovery_sheet.encode(keys.generate())

    assert "Row 2 is not" in said(recovery_sheet.decode, "\n".join([rows[0], rows[2], rows[1], *rows[3:]]))
    assert "together they do not" in said(recovery_sheet.decode, "\n".join([*rows[:3], *others[3:]]))


def test_a_sheet_is_confirmed_by_two_groups_of_different_rows():
    rows = recovery_sheet.encode(bytes(range(32)))
    asked = [recovery_sheet.pick_challenge(rows) for _time in range(50)]

    assert all(1 <= row <= 6 and 1 <= group <= 3 for places_ in asked for row, group in places_)
    assert all(one[0] != two[0] for one, two in asked)
    assert len({place for places_ in asked for place in places_}) > 6


def test_only_the_groups_that_were_asked_for_confirm_a_sheet():
    rows = recovery_sheet.encode(bytes(range(32)))
    places_ = [(2, 1), (5, 3)]
    right = [rows[1].split()[0], rows[4].split()[2]]

    assert recovery_sheet.is_challenge_met(rows, places_, right)
    assert recovery_sheet.is_challenge_met(
        rows, [list(one) for one in places_], [f" {right[0].lower()}", f"{right[1]}-"]
    )
    for wrong in ([*reversed(right)], right[:1], [*right, right[0]], ["", ""], [right[0], right[1][:-1]], []):
        assert not recovery_sheet.is_challenge_met(rows, places_, wrong)


# the system's keyring -------------------------------------------------------------------------


class InMemory(KeyringBackend):
    viable, priority = False, 5  # found by nobody but this test

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class InTheClear(InMemory):
    viable, priority = False, 0.5


class Chained(InMemory):
    viable, priority, backends = False, 10, (InTheClear(), InTheClear())


class Stumbling(InMemory):
    def get_password(self, service, username):
        raise RuntimeError("the keyring is locked")

    set_password = delete_password = get_password


@pytest.fixture
def ring(monkeypatch):
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)

    def ring(backend):
        keyring.set_keyring(backend)
        return backend

    return ring


def test_a_keyring_remembers_the_key_of_each_book_until_it_is_told_to_forget(ring):
    ring(InMemory())
    one, two, key = places.home() / "one.book", places.home() / "two.book", keys.generate()

    assert system_keyring.is_available()
    assert system_keyring.recall(one) is None
    assert system_keyring.remember(one, key)
    assert system_keyring.recall(one.parent / "." / one.name) == key
    assert system_keyring.recall(two) is None
    assert system_keyring.forget(one)
    assert system_keyring.recall(one) is None
    assert system_keyring.forget(one)


@pytest.mark.parametrize("backend", [NoKeyring, KeepsNothing, InTheClear, Chained])
def test_a_keyring_that_keeps_nothing_or_keeps_it_in_the_clear_is_not_available(backend, ring):
    kept = ring(backend())

    assert not system_keyring.is_available()
    assert not system_keyring.remember(places.practice(), keys.generate())
    assert system_keyring.recall(places.practice()) is None
    assert not getattr(kept, "kept", None)


def test_a_keyring_that_stumbles_remembers_nothing_and_says_nothing(ring):
    ring(Stumbling())

    assert not system_keyring.remember(places.practice(), keys.generate())
    assert system_keyring.recall(places.practice()) is None
    assert system_keyring.forget(places.practice())


def test_a_keyring_that_cannot_even_be_found_is_not_available(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", lambda: 1 / 0)

    assert not system_keyring.is_available()
    assert system_keyring.recall(places.practice()) is None


@pytest.mark.parametrize("there", ["not a key", "abcd", ""])
def test_something_else_in_the_keyring_is_not_taken_for_a_key(there, ring):
    ring(InMemory()).set_password(system_keyring.SERVICE, system_keyring._name(places.practice()), there)

    assert system_keyring.recall(places.practice()) is None


def test_neither_the_keyring_nor_cryptography_is_loaded_before_somebody_needs_it():
    look = (
        "import kit.vault.agent, kit.vault.system_keyring, sys; print({'keyring', 'cryptography'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
