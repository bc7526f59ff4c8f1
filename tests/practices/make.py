"""Makes a whole practice with the code that stands here, to be kept for later versions: `python make.py 0.1`.

It holds what a coach has after some weeks: an encrypted book with its key file, its history, a session under way, what
is being typed, backups, a sealed file, what was shared in a workshop; beside it, the sample with a change of their own.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import zipfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

HERE = Path(__file__).parent
PASSPHRASE = "a heron on a cold morning"
TODAY = date(2026, 11, 20)


def days(back):
    return TODAY - timedelta(days=back)


def records(kit):
    """One record of each kind at least, of two invented people."""
    ada = kit.Supporter(
        client="Heron", name="Ada", relation="sister", asked_to="ring on Sundays", said_yes_on=days(30),
        ready_text="Not a good day. No need to answer.", may_see=("wins", "milestones", "setbacks"),
    )  # fmt: skip
    walk = kit.Tool(client="Heron", title="a quiet walk", kind="movement", when_it_fits="before noon")
    long = kit.Setback(
        client="Heron", title="Three days in bed", began_on=days(40), back_on_feet_on=days(31), roughly=True,
        what_held="fed the cat", triggers=("short nights", "the weather"), outside_control=("the weather",),
        intensity=6, early_signs="no music", learned="ring earlier", next_time="ring Ada",
        private_note="laughed once", share_with=(ada.id,),
    )  # fmt: skip
    open_one = kit.Setback(client="Heron", title="The letters again", began_on=days(6), triggers=("money",))
    hope = kit.Aspiration(client="Heron", title="More people", why="it was good", rungs=("a text", "a tea"))
    step = kit.Step(
        client="Heron", title="One text", when="the kettle is on", then="write one text", on_a_heavy_day="think of one",
        planned=3, importance=7, confidence=6, tell=ada.id, tool=walk.id, aspiration=hope.id, from_setback=long.id,
        starts_on=days(28),
    )  # fmt: skip
    monday = TODAY - timedelta(days=TODAY.weekday())
    return [
        kit.Client(name="Heron", own_words=("a wave", "the fog"), limits="two afternoons", wish_you_knew="I do want to",
                   private_note="ask gently about the old house"),
        kit.Client(name="Żółw 🌿", keep_until=date(2028, 1, 31)),
        kit.Agreement(client="Heron", to="notes", on=days(45)),
        kit.Agreement(client="Heron", to="a room", on=days(45), withdrawn_on=days(3)),
        kit.Better(client="Heron", on=days(45), text="to like mornings again"),
        kit.Session(client="Heron", on=days(7), topics=("sleep",), today_matters="a visit", takeaway="small is enough",
                    ask_next_time="the letters", next_on=days(-7), private_note="tired"),
        kit.CheckIn(client="Heron", on=days(14), energy=3, living_well=6, symptom_load=7, hope=5, connection=4,
                    soft="tea with a neighbour", heavy="the letters"),
        ada, walk, long, open_one, hope, step,
        kit.LadderMark(client="Heron", aspiration=hope.id, on=days(10), level=-1, enough_for_now=True),
        kit.Win(client="Heron", title="Bread in the oven", on=days(2), share_with=(ada.id,)),
        kit.Spark(client="Heron", title="A blackbird at five", on=days(3)),
        kit.Milestone(client="Heron", title="Rang my sister", on=days(35), area="connection", effort=7,
                      noticed_by="coach", note="after two years", share_with=(ada.id,)),
        kit.Milestone(client="Heron", title="See the sea again", on=None, i_would_know_it_by="salt"),
        kit.StepWeek(client="Heron", step=step.id, week_of=monday, planned=3, done=2, came_between="unwell",
                     reason="a cold", helped="the kettle"),
        kit.StepWeek(client="Heron", step=step.id, week_of=monday - timedelta(days=7), planned=3, done=3),
        kit.ToolUse(client="Heron", tool=walk.id, on=days(33), setback=long.id, helped=7),
        kit.Plan(client="Heron", section="early signs", text="no music in the house", share_with=(ada.id,)),
        kit.Noticed(client="Heron", on=days(5), who="coach", what="you sang"),
        kit.SupportLine(name="Night line", number="0800", hours="day and night", checked_on=days(20)),
        kit.Practice(name="By the river", contact="the blue door", scope="no therapy", checked_on=days(20),
                     lock_after=20),
    ]  # fmt: skip


async def workshop(store):
    """What sixteen phones shared."""
    from kit.rooms import agenda
    from kit.rooms.workshop import LiveWorkshop, find_or_create

    run = LiveWorkshop(store, find_or_create(store, "Tuesday group", date(2036, 1, 1)), agenda.load(agenda.BUILT_IN))
    run.at = len(run.agenda.phases) - 1
    asks = [ask for _at, ask in run.agenda.questions() if ask.is_shared]
    for number in range(16):
        phone = run.join()
        run.agree(phone, "")
        for ask in asks:
            if ask.kind == "rating":
                await run.share(phone, ask, uuid4().hex, str(number % 11))
            elif number < 3:
                await run.share(phone, ask, uuid4().hex, f"{ask.name} of somebody {number}")
    for ask in asks:
        await run.reveal(ask)
    await run.share(run.join(), next(ask for ask in asks if ask.is_list), uuid4().hex, "this one waits")


def fill(home):
    import kit
    from kit import places
    from kit.store import Store
    from kit.vault import backups, keys, recovery_sheet, transfer

    small = {**keys.ARGON2_COSTS, "memory": 8192}
    with patch.object(backups, "schedule", lambda place, key: None), patch.object(keys, "ARGON2_COSTS", small):
        book = kit.open_book(places.practice(), passphrase=PASSPHRASE)
        for record in records(kit):
            book.add(record)
        (spark,) = book.records(kit.Spark, "Heron")
        book.change(spark, title="A blackbird at five, and rain")
        book.change(book.change(book.records(kit.Better, "Heron")[0], text="mornings"), text="to like mornings again")
        book.remove(book.add(kit.Win(client="Heron", title="Removed and still in the history", on=days(1))))
        key = keys.read_key_file(places.practice(), PASSPHRASE)
        backups.make(places.practice(), key, backups.BY_KIT)
        store = book._store
        asyncio.run(workshop(store))
        store.set_active_client("Heron", "a server that is gone")
        store.save_draft("Heron", "explore_setback", {"title": "half a sentence", "what_held": "the c"})
        store.save_draft("Żółw 🌿", "small_win", {"title": "ł"})
        backups.make(places.practice(), key, backups.BY_HAND)
        told = what_is_in(book, places.practice())
        book.close()
        told["sheet"] = recovery_sheet.encode(key)
        transfer.pack(places.practice(), key, home)
        sample = kit.open_book("sample")
        sample.add(kit.Win(client="Birch", title="mine, in the sample", on=days(1)))
        sample.close()
        with closing(Store(places.sample())) as store:
            told["sample"] = {kind.plural: len(store.records(kind)) for kind in _kinds()}
    told["passphrase"] = PASSPHRASE
    told["files"] = sorted(file.relative_to(home).as_posix() for file in home.rglob("*") if file.is_file())
    return told


def _kinds():
    from kit.records import KINDS

    return KINDS


def what_is_in(book, place):
    """All that a book holds, as plain data."""
    from kit.vault import backups

    store = book._store
    return {
        "records": {kind.plural: [one.model_dump(mode="json") for one in store.records(kind)] for kind in _kinds()},
        "history": {kind.plural: sum(len(store.history(one)) for one in store.records(kind)) for kind in _kinds()},
        "drafts": [[*who, store.draft(*who)] for who in (("Heron", "explore_setback"), ("Żółw 🌿", "small_win"))],
        "seat": list(store.active_client()[:2]),
        "backups": len(backups.list_all()),
        "place": place.name,
    }  # fmt: skip


def main(version):
    home = Path(tempfile.mkdtemp())
    os.environ["KIT_HOME"] = str(home)
    try:
        told = fill(home)
        with zipfile.ZipFile(HERE / f"{version}.zip", "w", zipfile.ZIP_DEFLATED) as sealed:
            for name in told["files"]:
                sealed.write(home / name, name)
    finally:
        shutil.rmtree(home)
    (HERE / f"{version}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
