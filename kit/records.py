"""What a milestone, a setback, a step is: each kind of record declared once, in a client's words."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar, Literal, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kit import fields
from kit.fields import (
    Audience,
    Count,
    Day,
    Link,
    Links,
    Moment,
    PastDay,
    Rating,
    Text,
    Texts,
    Title,
    about,
    choice,
    count,
    day,
    field_error,
    flag,
    link,
    links,
    rating,
    several,
    text,
    texts,
    title,
    today,
)
from kit.words import _


def _now() -> datetime:
    return datetime.now(UTC)


def the_day() -> datetime:
    """Today and nothing finer: its noon, which is on the same day wherever the clock stands."""
    return datetime.combine(date.today(), time(12)).astimezone(UTC)


def _name() -> str:
    return uuid4().hex


class Record(BaseModel):
    """What every record has. Records are frozen: `changed` builds and checks a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    plural: ClassVar[str]
    singular: ClassVar[str]
    heading: ClassVar[str] = "title"
    dated: ClassVar[str] = "on"
    ends: ClassVar[str] = ""  # where it is a span: the field of its last day, which is open while it goes on
    audience: ClassVar[tuple[Audience, ...]] = fields.EVERYONE
    day_only: ClassVar[bool] = False  # the hour could tell whose it is, so neither record nor history holds it

    id: Text = Field(default_factory=_name, min_length=1, max_length=64)
    created_at: Moment = Field(default_factory=_now)
    by: Literal["coach", "client", "room"] = "coach"
    version: int = Field(default=1, ge=1, le=1_000_000_000)

    @model_validator(mode="wrap")
    @classmethod
    def _in_plain_words(cls, values: Any, check: Callable[[Any], Self]) -> Self:
        try:
            return check(values)
        except ValidationError as error:
            told = [
                {"type": field_error(name, sentence), "loc": (name,) if name else (), "input": None}
                for name, sentence in problems(cls, error).items()
            ]
            raise ValidationError.from_exception_data(cls.__name__, told, hide_input=True) from None  # type: ignore[arg-type]

    def day(self) -> date:
        """The day that this record is about; where it names none, the day it was noted."""
        when = getattr(self, self.dated) or self.created_at
        return when.astimezone().date() if isinstance(when, datetime) else when


class OfClient(Record):
    """A record that belongs to one client, named by code name."""

    client: Title


def changed(record: Record, **changes: Any) -> Any:
    """A new record with `changes`, checked as a whole; raises ValidationError and leaves `record` as it was."""
    return type(record).model_validate({**record.model_dump(), **changes})


def problems(kind: type[Record], error: ValidationError) -> dict[str, str]:
    """Field name -> one plain sentence that begins with the field's label."""
    described = about(kind)
    found: dict[str, str] = {}
    for one in error.errors():
        inner = one.get("ctx", {})
        name = str(one["loc"][0]) if one["loc"] else inner.get("field", "")
        sentence = inner["sentence"] if one["type"] == "amiss" else _sentence(one, described.get(name), name)
        label = described[name].label if name in described else name
        told = sentence if not label or sentence.startswith(label) else f"{label}: {sentence}"
        found.setdefault(name, told)
    return found


def _sentence(error: Any, field: fields.About | None, name: str) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _("there is no such field here. Please look at its spelling.")
    if kind == "string_unicode":
        return fields.HALF_A_SIGN
    if kind == "string_too_long":
        return _("at most {most} characters fit here. Please shorten it.").format(most=limits["max_length"])
    if kind == "too_long":
        return _("at most {most} fit here. Please leave some out.").format(most=limits["max_length"])
    if kind == "too_short":
        return _("please write at least {least}.").format(least=limits["min_length"])
    return _ASKED.get(field.kind if field else name, _("please look at this once more.")).format(
        least=field.least if field else "", most=field.most if field else ""
    )


_ASKED = {
    "text": _("please write a few words."),
    "texts": _("please write short texts, one on each line."),
    "rating": _("please choose a number from 0 to 10, or skip it."),
    "count": _("please give a whole number from {least} to {most}."),
    "choice": _("please choose one of those offered."),
    "several": _("please choose from those offered, or add your own."),
    "day": _("please choose a date."),
    "flag": _("please choose yes or no."),
    "link": _("please choose one of those offered."),
    "links": _("please choose from those offered."),
    # what every record has, and no form asks for
    "client": _("please write the code name of a client."),
    "created_at": _("please write the moment like this: 2026-03-31T14:00:00+00:00."),
    "by": _("please write coach, client or room."),
    "version": _("please write a whole number, 1 or more."),
}

WHO = {"client": _("me"), "coach": _("my coach"), "a supporter": _("someone who stands by me")}
AREAS = {
    "connection": _("connection"),
    "hope": _("hope"),
    "identity": _("who I am"),
    "meaning": _("meaning"),
    "having a say": _("having a say"),
}
TOOL_KINDS = {
    "grounding": _("grounding"),
    "rest": _("rest"),
    "movement": _("movement"),
    "creative": _("something creative"),
    "connection": _("connection"),
    "peer support": _("peer support"),
    "therapy": _("therapy"),
    "medication": _("medication"),
    "spirit": _("faith or spirit"),
    "other": _("something else"),
}
LISTED_ONLY = ("therapy", "medication")
CAME_BETWEEN = {
    "life": _("life intervened"),
    "a heavier time": _("a heavier time"),
    "unwell": _("unwell"),
    "needed rest": _("needed rest"),
}
_SHARE = _("Who may read this")


class Client(Record):
    plural, singular, heading, dated = "clients", _("client"), "name", "created_at"
    name: Title = title(_("Code name"), help=_("not the real name: an animal, a tree, a river"))
    own_words: Texts = texts(_("My own words"), 2, slots=(_("instead of: setback"), _("instead of: what I live with")))
    limits: Text = text(_("What to be realistic about"), lines=2)
    wish_you_knew: Text = text(_("What I wish people knew"), lines=3, audience=fields.EVERYONE)
    keep_until: Day = day(_("Keep these notes until"))
    put_away_on: PastDay = day(_("Put away on"), audience=fields.JUST_ME)
    private_note: Text = text(_("For my eyes alone"), lines=3, audience=fields.JUST_ME)


class Agreement(OfClient):
    plural, singular, heading = "agreements", _("agreement"), "to"
    audience = fields.OURS
    to: Literal["notes", "my report", "a supporter's report", "a room"] = choice(
        _("I agree to"),
        {
            "notes": _("notes of what we talk about"),
            "my report": _("a report for me"),
            "a supporter's report": _("a report for someone who stands by me"),
            "a room": _("filling in forms on my own device"),
        },
        default=...,
    )
    on: PastDay = today(_("Agreed on"))
    withdrawn_on: PastDay = day(_("Taken back on"))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _after(self, "withdrawn_on", self.on, self.withdrawn_on)


class Better(OfClient):
    plural, singular, heading = "better", _("what better means to me"), "text"
    audience = fields.OURS
    on: PastDay = today(_("Day"))
    text: Title = fields.words(_("What better means to me"), help=_("my own definition, today"))


class Session(OfClient):
    plural, singular, heading = "sessions", _("session"), "takeaway"
    audience = fields.OURS
    on: PastDay = today(_("Day"))
    topics: Texts = texts(_("What would make today worthwhile?"), 3, help=_("up to three topics"))
    today_matters: Text = text(_("Why it matters today"), lines=2)
    takeaway: Text = text(_("What I take with me, in my words"), lines=2)
    ask_next_time: Text = text(_("Ask me next time about"), lines=1)
    next_on: Day = day(_("We meet again on"))
    private_note: Text = text(_("For my eyes alone"), lines=3, audience=fields.JUST_ME)


class CheckIn(OfClient):
    plural, singular, heading = "check_ins", _("check-in"), "soft"
    audience = fields.OURS
    on: PastDay = today(_("Day"))
    energy: Rating = rating(_("Energy today"), (_("running on empty"), _("plenty")))
    living_well: Rating = rating(_("Living well today"), (_("far away"), _("right here")))
    symptom_load: Rating = rating(
        _("What I live with, how loud today"), (_("silent"), _("very loud")), own=(1, _("{word}, how loud today"))
    )
    hope: Rating = rating(_("Hope"), (_("hard to find"), _("strong")))
    connection: Rating = rating(_("Feeling connected"), (_("on my own"), _("held")))
    soft: Text = text(_("Something soft"))
    heavy: Text = text(_("Something heavy"), help=_("both can be true"))


class Win(OfClient):
    plural, singular = "wins", _("small win")
    on: PastDay = today(_("Day"))
    title: Title = title(
        _("One small win that has nothing to do with feeling better"),
        help=_("nothing comes to mind? Coming here counts"),
    )
    share_with: Links = links(_SHARE, of="supporters", audience=fields.OURS)


class Spark(OfClient):
    plural, singular = "sparks", _("spark of joy")
    on: PastDay = today(_("Day"))
    title: Title = title(_("A spark of joy, however small"), help=_("caught in ten seconds"))
    share_with: Links = links(_SHARE, of="supporters", audience=fields.OURS)


class Milestone(OfClient):
    plural, singular = "milestones", _("milestone")
    on: PastDay = today(_("When"), help=_("no day means: something I am hoping for"))
    title: Title = title(_("My milestone, in my words"))
    i_would_know_it_by: Text = text(_("I would know it by"))
    area: Literal["", "connection", "hope", "identity", "meaning", "having a say"] = choice(
        _("It has to do with"), AREAS
    )
    effort: Rating = rating(_("What it took"), (_("came by itself"), _("all I had")))
    noticed_by: Literal["", "client", "coach", "a supporter", "together"] = choice(
        _("Who noticed it first"), {**WHO, "together": _("together")}
    )
    note: Text = text(_("More about it"), lines=3)
    share_with: Links = links(_SHARE, of="supporters", audience=fields.OURS)


class Setback(OfClient):
    plural, singular, dated, ends = "setbacks", _("setback"), "began_on", "back_on_feet_on"
    title: Title = title(_("What happened, in a few words"), own=(0, _("{word}: what happened, in a few words")))
    began_on: PastDay = today(_("It began on"), must=True)
    roughly: bool = flag(_("roughly"))
    what_held: Text = text(_("What held, even a little?"), lines=2)
    triggers: Texts = several(
        _("What came before it"), suggests="came_before", audience=fields.OURS, help=_("tap all that fit")
    )
    outside_control: Texts = several(_("Which of these are not in my hands?"), among="triggers", audience=fields.OURS)
    intensity: Rating = rating(_("How loud it was"), (_("a whisper"), _("drowned out the rest")))
    early_signs: Text = text(_("Early signs, looking back"), lines=2)
    back_on_feet_on: PastDay = day(_("Back on my feet on"), help=_("still in the middle of it? Leave it open"))
    partly_back: Text = text(_("What is already partly back"))
    timed: bool = flag(_("may stand in pictures about time"), default=True)
    learned: Text = text(_("What it taught me"), lines=2, help=_("nothing yet is fine"))
    next_time: Text = text(_("Next time I would"), lines=2)
    private_note: Text = text(_("For my eyes alone"), lines=3, audience=fields.JUST_ME)
    share_with: Links = links(_SHARE, of="supporters", audience=fields.OURS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.began_on is None:
            raise _unfit(self, "began_on", _("please choose a date; roughly is enough."))
        strange = set(self.outside_control) - set(self.triggers)
        if strange:
            raise _unfit(self, "outside_control", _("please choose among what came before it."))
        return _after(self, "back_on_feet_on", self.began_on, self.back_on_feet_on)


class Aspiration(OfClient):
    plural, singular, dated = "aspirations", _("aspiration"), "created_at"
    audience = fields.OURS
    title: Title = title(_("Something I would like more of in my life"))
    why: Text = text(_("Why it matters to me"), lines=2)
    rungs: Texts = texts(_("Steps of the ladder, in my own words"), 5, least=2, help=_("two to five"))
    importance: Rating = rating(_("How much it matters"), (_("a little"), _("very much")))


class LadderMark(OfClient):
    plural, singular, heading = "ladder_marks", _("place on the ladder"), "on"
    audience = fields.OURS
    aspiration: Text = link(_("Of"), of="aspirations", required=True)
    on: PastDay = today(_("Day"))
    level: Literal[-2, -1, 0, 1, 2] = choice(
        _("Where I am"),
        {
            -2: _("much less than I hoped for"),
            -1: _("a little less"),
            0: _("as I hoped"),
            1: _("a little more"),
            2: _("much more"),
        },
        default=...,
    )
    enough_for_now: bool = flag(_("this is enough for now"))


class Step(OfClient):
    plural, singular, heading, dated, ends = "steps", _("small step"), "then", "starts_on", "ends_on"
    audience = fields.OURS
    title: Title = title(_("The step, in a few words"))
    when: Text = text(_("When"), help=_("a moment that comes anyway: when the kettle is on"))
    then: Text = text(_("then I will"), help=_("one small thing"))
    on_a_heavy_day: Text = text(_("On a heavy day this counts too"))
    planned: Count = count(_("How often in a week"), 1, 21, default=3)
    importance: Rating = rating(_("How much it matters to me"), (_("a little"), _("very much")))
    confidence: Rating = rating(
        _("How sure I am that I can"),
        (_("not at all"), _("very")),
        asks=(
            (
                0,
                6,
                _("What makes it this much, and not lower? What would make it a little smaller, a little easier?"),
            ),
            (7, 10, _("What makes it this much, and not lower?")),
        ),
    )
    tell: Link = link(_("Who I'll tell"), of="supporters")
    tool: Link = link(_("A tool that fits"), of="tools")
    aspiration: Link = link(_("It leads towards"), of="aspirations")
    from_setback: Link = link(_("It comes from"), of="setbacks")
    smaller_of: Link = link(_("It is a smaller form of"), of="steps")
    starts_on: Day = today(_("From"))
    ends_on: Day = day(_("Until"))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _after(self, "ends_on", self.starts_on, self.ends_on)


class StepWeek(OfClient):
    plural, singular, heading, dated = "step_weeks", _("week of a step"), "week_of", "week_of"
    audience = fields.OURS
    step: Text = link(_("Step"), of="steps", required=True)
    week_of: Day = day(_("Week that began on Monday"))
    planned: Count = count(_("Planned"), 0, 21, default=0)
    done: Count = count(_("Done"), 0, 99, help=_("each time counts"))
    came_between: Literal["", "life", "a heavier time", "unwell", "needed rest"] = choice(
        _("What got in the way"), CAME_BETWEEN
    )
    reason: Text = text(_("In a few words"))
    helped: Text = text(_("What made it easier"))

    @model_validator(mode="after")
    def _begins_on_monday(self) -> Self:
        if self.week_of is None or self.week_of.weekday():
            raise _unfit(self, "week_of", _("please choose a Monday."))
        return self


class Tool(OfClient):
    plural, singular, dated = "tools", _("tool"), "created_at"
    audience = fields.OURS
    title: Title = title(_("Something that helps, or might"), suggests="tools")
    kind: Literal[
        "grounding", "rest", "movement", "creative", "connection", "peer support", "therapy", "medication", "spirit",
        "other",
    ] = choice(_("It is"), TOOL_KINDS, default="other")  # fmt: skip
    status: Literal["in use", "resting", "retired"] = choice(
        _("At present"),
        {"in use": _("in use"), "resting": _("resting"), "retired": _("no longer needed")},
        default="in use",
    )
    when_it_fits: Text = text(_("When it fits"))


class ToolUse(OfClient):
    plural, singular, heading = "tool_uses", _("use of a tool"), "tool"
    audience = fields.OURS
    tool: Text = link(_("What helped"), of="tools", required=True)
    on: PastDay = today(_("Day"))
    setback: Link = link(_("In"), of="setbacks")
    helped: Rating = rating(_("How much it helped"), (_("not this time"), _("a great deal")))
    not_for_me: bool = flag(_("not for me"))


class Supporter(OfClient):
    plural, singular, heading, dated = "supporters", _("someone who stands by me"), "name", "said_yes_on"
    audience = fields.OURS
    name: Title = title(_("Who stands by me"))
    relation: Text = text(_("Who they are to me"))
    asked_to: Text = text(_("What I ask of them"))
    said_yes_on: PastDay = day(_("They said yes on"))
    ready_text: Text = text(_("A message ready to send when I want to hide"), lines=2)
    may_see: tuple[Literal["wins", "sparks", "milestones", "setbacks", "plan", "noticed"], ...] = several(
        _("What they may read"),
        choices=(
            ("wins", _("small wins")),
            ("sparks", _("sparks of joy")),
            ("milestones", _("milestones")),
            ("setbacks", _("setbacks")),
            ("plan", _("my plan")),
            ("noticed", _("what was noticed")),
        ),
    )


class Plan(OfClient):
    plural, singular, heading, dated = "plan", _("part of my plan"), "text", "created_at"
    section: Literal[
        "when I am well", "every day", "what throws me", "early signs", "when it gets hard", "who helps", "afterwards"
    ] = choice(
        _("Part of the plan"),
        {
            "when I am well": _("when I am well"),
            "every day": _("every day"),
            "what throws me": _("what throws me"),
            "early signs": _("early signs"),
            "when it gets hard": _("when it gets hard"),
            "who helps": _("who helps"),
            "afterwards": _("afterwards"),
        },
        default=...,
    )  # fmt: skip
    text: Title = fields.words(_("In my words"))
    share_with: Links = links(_SHARE, of="supporters", audience=fields.OURS)


class Noticed(OfClient):
    plural, singular, heading = "noticed", _("something noticed"), "what"
    on: PastDay = today(_("Day"))
    who: Literal["client", "coach", "a supporter"] = choice(_("Who noticed it"), WHO, default="client")
    what: Title = fields.words(_("What was noticed"))
    share_with: Links = links(_SHARE, of="supporters", audience=fields.OURS)


class SupportLine(Record):
    plural, singular, heading, dated = "support_lines", _("support line"), "name", "checked_on"
    name: Title = title(_("Name of the line"))
    number: Title = title(_("Number"))
    hours: Text = text(_("When it can be reached"))
    checked_on: PastDay = today(_("Checked on"))


class Practice(Record):
    plural, singular, heading, dated = "practice", _("practice"), "name", "created_at"
    name: Title = title(_("Name of the practice"))
    contact: Text = text(_("How to reach me"))
    scope: Text = text(_("What this is, and is not"), lines=4)
    checked_on: PastDay = today(_("Checked on"))
    lock_after: Count = count(_("Lock after so many minutes with nobody there"), 1, 60, audience=fields.JUST_ME)


class Workshop(Record):
    plural, singular = "workshops", _("workshop")
    audience = ("just_me", "together", "group")
    title: Title = title(_("Name of the workshop"))
    on: Day = today(_("Day"))
    keep_until: Day = day(_("What was shared is deleted on"), must=True)


class Answer(Record):
    plural, singular, heading, dated = "answers", _("answer"), "text", "created_at"
    audience = ("just_me", "group")
    day_only = True
    created_at: Moment = Field(default_factory=the_day)
    workshop: Text = link(_("Workshop"), of="workshops", required=True)
    phase: Text = text(_("Phase"))
    text: Title = fields.words(_("What was shared"))
    shown: bool = flag(_("shown to all"))


KINDS: tuple[type[Record], ...] = (
    Client, Agreement, Better, Session, CheckIn, Win, Spark, Milestone, Setback, Aspiration, LadderMark,
    Supporter, Tool, ToolUse, Step, StepWeek, Plan, Noticed, SupportLine, Practice, Workshop, Answer,
)  # fmt: skip
BY_PLURAL = {kind.plural: kind for kind in KINDS}


def _unfit(record: Record, name: str, sentence: str) -> Exception:
    return field_error(name, f"{about(type(record))[name].label}: {sentence}")


def _after(record: Any, name: str, start: date | None, end: date | None) -> Any:
    if start and end and end < start:
        raise _unfit(record, name, _("this day lies before the beginning. Please look at both dates."))
    return record
