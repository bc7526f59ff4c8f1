"""What was told then and what is told now, in the client's own words, and both views side by side."""

from kit import records
from kit.forms import Form
from kit.widgets.blocks import Block, Item, fold, heading, listed, text
from kit.widgets.panel import Panel
from kit.words import _, day_words


class ThenAndNow(Panel):
    name = "then_and_now"
    before_agreement = True

    def forms(self) -> dict[str, Form]:
        title = _("Something that one of us noticed")
        if not self.notes.may_note:
            return {}
        return {"noticed": Form(records.Noticed, ("who", "what"), ("on", "share_with"), title=title)}

    def blocks(self) -> list[Block]:
        inside = [*self._better(), *self._came(), *self._still_here(), *self._both_views()]
        none = text(_("There is not enough told yet to look back on. It grows with each session."), "quiet")
        return [
            text(_("Only if you would like to: this looks back."), "quiet"),
            fold(_("What you told then, what you tell now"), inside or [none]),
            *(super().blocks() if self.forms() else []),
        ]

    def _better(self) -> list[Block]:
        told = sorted(self.notes.records(records.Better), key=lambda one: one.day())
        if len(told) < 2:
            return []
        then, now = told[0], told[-1]
        return [
            heading(_("What better meant to you, and what it means now")),
            text(_("{day}, then").format(day=day_words(then.day())), "quiet"),
            text(then.text, "own"),
            text(_("{day}, now").format(day=day_words(now.day())), "quiet"),
            text(now.text, "own"),
        ]

    def _came(self) -> list[Block]:
        milestones = self.notes.records(records.Milestone)
        came = sorted((one for one in milestones if one.on and one.i_would_know_it_by), key=lambda one: one.day())
        ahead = [one for one in milestones if one.on is None]
        items = [
            _line(one.title, day_words(one.day()), _("You said you would know it by: {words}"), one.i_would_know_it_by)
            for one in came[-3:]
        ]
        items += [_line(one.title, _("still hoped for"), "{words}", one.i_would_know_it_by) for one in ahead]
        return [heading(_("What you were hoping for")), listed(items)] if items else []

    def _still_here(self) -> list[Block]:
        client = self.notes.records(records.Client)[0]
        tools = [one.title for one in self.notes.records(records.Tool) if one.status == "in use"]
        people = [one.name for one in self.notes.records(records.Supporter)]
        parts = [(_("What to be realistic about"), client.limits), (_("Tools in use"), ", ".join(tools)),
                 (_("Who stands by you"), ", ".join(people))]  # fmt: skip
        items = [_line(label, "", "{words}", words) for label, words in parts if words]
        return [heading(_("What is still here")), listed(items)] if items else []

    def _both_views(self) -> list[Block]:
        noticed = sorted(self.notes.records(records.Noticed), key=lambda one: one.day())
        views = [(_("What you noticed"), ("client",)), (_("What others noticed"), ("coach", "a supporter"))]
        found: list[Block] = []
        for label, who in views:
            items = [_line(one.what, day_words(one.day()), "", "") for one in noticed if one.who in who][-4:]
            found += [heading(label), listed(items)] if items else []
        return found


def _line(title: str, meta: str, told: str, words: str) -> Item:
    return {"title": title, "meta": meta, "lines": [told.format(words=words)] if words else []}
