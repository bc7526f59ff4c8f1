"""The words of the notebooks: each shows its panel, and does nothing else by being said."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kit.widgets import Panel


class NotebookWords:
    """All that a notebook may say of its book by itself: `trust` reads the words from here.

    A method that keeps, removes, writes or opens something is none of them, and stands with the book.
    """

    def _say(self, word: str, *given: str) -> "Panel":
        raise NotImplementedError

    def own_practice(self) -> "Panel":
        """From the sample to an encrypted practice of one's own."""
        return self._say("own_practice")

    def choose_client(self) -> "Panel":
        """Who is here today."""
        return self._say("choose_client")

    def agreements(self) -> "Panel":
        """What this is and is not, and agreements one by one: dated, and taken back whenever the client likes."""
        return self._say("agreements")

    def check_in(self) -> "Panel":
        """Arriving: energy, soft and heavy, and what would make today worthwhile."""
        return self._say("check_in")

    def small_win(self) -> "Panel":
        """One small win that has nothing to do with feeling better, and one spark."""
        return self._say("small_win")

    def review_steps(self) -> "Panel":
        """What helped first, then a line for each small step since we last met."""
        return self._say("review_steps")

    def add_milestone(self) -> "Panel":
        """A milestone in the client's words, reached or hoped for."""
        return self._say("add_milestone")

    def explore_setback(self) -> "Panel":
        """A setback in a kind order: what held and what helped come first."""
        return self._say("explore_setback")

    def next_step(self) -> "Panel":
        """The smallest next step, with the form of it that counts on a heavy day."""
        return self._say("next_step")

    def journey(self) -> "Panel":
        """Milestones, setbacks, wins, sparks and check-ins on one time line."""
        return self._say("journey")

    def entries(self) -> "Panel":
        """Everything noted for this client, newest first: to read, change and remove."""
        return self._say("entries")

    def history(self) -> "Panel":
        """What was changed, when and by whom; an earlier form comes back at one press."""
        return self._say("history")

    def your_data(self) -> "Panel":
        """What is held of who is here, until when, and a copy to take along."""
        return self._say("your_data")

    def better(self) -> "Panel":
        """What better means to the client, dated and never overwritten."""
        return self._say("better")

    def toolkit(self) -> "Panel":
        """What helps, of every kind."""
        return self._say("toolkit")

    def supporters(self) -> "Panel":
        """Who stands by the client, asked for what, and what they may read."""
        return self._say("supporters")

    def plan(self) -> "Panel":
        """The client's plan, from days when all is well to days when it gets hard."""
        return self._say("plan")

    def close_session(self) -> "Panel":
        """Takeaway, next date, one more win, and the card."""
        return self._say("close_session")

    def next_person(self) -> "Panel":
        """Puts everything in view away before somebody else is chosen."""
        return self._say("next_person")

    def make_report(self) -> "Panel":
        """The page that a client takes home."""
        return self._say("make_report")

    def practice_details(self) -> "Panel":
        """The practice's name, how to reach it, and what it is and is not: for the coach."""
        return self._say("practice_details")

    def support_lines(self) -> "Panel":
        """Local numbers, each with the day on which it was checked: for the coach."""
        return self._say("support_lines")

    def support_now(self) -> "Panel":
        """The client's own words for hard times, people, and lines to call."""
        return self._say("support_now")

    def heavier_day(self) -> "Panel":
        """Three small things, then the card; nothing else is asked."""
        return self._say("heavier_day")

    def then_and_now(self) -> "Panel":
        """What was told then and what is told now, in the client's own words; opened only by choice."""
        return self._say("then_and_now")

    def choose_period(self) -> "Panel":
        """The period that all pictures of the page look at."""
        return self._say("choose_period")

    def living_well(self) -> "Panel":
        """Living well beside what the client lives with: both can be true."""
        return self._say("living_well")

    def finding_my_feet(self) -> "Panel":
        """Each stretch, and getting back up; one that goes on needs no end date."""
        return self._say("finding_my_feet")

    def small_steps(self) -> "Panel":
        """Done of planned, week by week, with what came in between."""
        return self._say("small_steps")

    def what_helped(self) -> "Panel":
        """What helped, how much and how often, and what fits what came before."""
        return self._say("what_helped")

    def came_before(self) -> "Panel":
        """What came before setbacks, and what of it is in nobody's hands."""
        return self._say("came_before")

    def ladders(self) -> "Panel":
        """Where the client is on their own ladders; "enough for now" stands as said."""
        return self._say("ladders")

    def showing_up(self) -> "Panel":
        """Weeks that hold something of the client's; it never resets."""
        return self._say("showing_up")

    def areas(self) -> "Panel":
        """Which parts of life the milestones belong to: the coach's own view."""
        return self._say("areas")

    def just_me(self) -> "Panel":
        """Turns this page to the coach's own view."""
        return self._say("just_me")

    def since_day(self) -> "Panel":
        """Days since a tool or a step began, beside those before: the coach's own view."""
        return self._say("since_day")

    def prepare(self) -> "Panel":
        """A minute before a session: their last words, what to ask about, what is open or due; for the coach alone."""
        return self._say("prepare")

    def caseload(self) -> "Panel":
        """All clients of the practice, for the coach alone."""
        return self._say("caseload")

    def page_for_each(self) -> "Panel":
        """A page to take home for each client, in one go; for the coach alone."""
        return self._say("page_for_each")

    def catch_up(self) -> "Panel":
        """All that a session's panels ask, for one day on one page; for the coach alone."""
        return self._say("catch_up")

    def private_notes(self) -> "Panel":
        """What is for the coach's eyes alone: about the client, the latest session, a setback."""
        return self._say("private_notes")

    def backups(self) -> "Panel":
        """When the last backup was made, another one now, and one brought back; for the coach alone."""
        return self._say("backups")

    def retention(self) -> "Panel":
        """Until when these notes are kept."""
        return self._say("retention")

    def invite(self) -> "Panel":
        """A page on the client's own device: what they keep there appears in this session."""
        return self._say("invite")

    def workshop(self) -> "Panel":
        """A room for a group on their own phones: opened, led and closed here."""
        return self._say("workshop")

    def phase(self, name: str = "") -> "Panel":
        """One phase of the workshop, begun and led from here; without a name, the one that everybody is in."""
        return self._say("phase", name)

    def board(self) -> "Panel":
        """What the board shows: words and shared lines."""
        return self._say("board")
