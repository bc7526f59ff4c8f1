"""The first schema: a table for each kind of record, what is being typed, and who sits at the table."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for create in (
        _clients, _agreements, _better, _sessions, _check_ins, _wins, _sparks, _milestones, _setbacks, _aspirations,
        _ladder_marks, _supporters, _tools, _tool_uses, _steps, _step_weeks, _plan, _noticed, _support_lines,
        _practice, _workshops, _answers, _drafts, _seat,
    ):  # fmt: skip
        create()


def _own() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    ]


def _of_client() -> list[sa.Column]:
    key, *others = _own()
    owner = sa.ForeignKey("clients.name", onupdate="CASCADE")
    return [key, sa.Column("client", sa.Text, owner, nullable=False), *others]


def _here_only() -> sa.Column:
    """A client as the key of what goes with them: typed words, a place at the table."""
    owner = sa.ForeignKey("clients.name", onupdate="CASCADE", ondelete="CASCADE")
    return sa.Column("client", sa.Text, owner, primary_key=True)


def _clients() -> None:
    op.create_table(
        "clients",
        *_own(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("own_words", sa.JSON),
        sa.Column("limits", sa.Text),
        sa.Column("wish_you_knew", sa.Text),
        sa.Column("keep_until", sa.Date),
        sa.Column("put_away_on", sa.Date),
        sa.Column("private_note", sa.Text),
        sa.UniqueConstraint("name"),
    )


def _agreements() -> None:
    op.create_table(
        "agreements",
        *_of_client(),
        sa.Column("to", sa.Text, nullable=False),
        sa.Column("on", sa.Date),
        sa.Column("withdrawn_on", sa.Date),
    )
    op.create_index("ix_agreements_client", "agreements", ["client"])


def _better() -> None:
    op.create_table(
        "better",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_better_client", "better", ["client"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("topics", sa.JSON),
        sa.Column("today_matters", sa.Text),
        sa.Column("takeaway", sa.Text),
        sa.Column("ask_next_time", sa.Text),
        sa.Column("next_on", sa.Date),
        sa.Column("private_note", sa.Text),
    )
    op.create_index("ix_sessions_client", "sessions", ["client"])


def _check_ins() -> None:
    op.create_table(
        "check_ins",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("energy", sa.Integer),
        sa.Column("living_well", sa.Integer),
        sa.Column("symptom_load", sa.Integer),
        sa.Column("hope", sa.Integer),
        sa.Column("connection", sa.Integer),
        sa.Column("soft", sa.Text),
        sa.Column("heavy", sa.Text),
    )
    op.create_index("ix_check_ins_client", "check_ins", ["client"])


def _wins() -> None:
    op.create_table(
        "wins",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("share_with", sa.JSON),
    )
    op.create_index("ix_wins_client", "wins", ["client"])


def _sparks() -> None:
    op.create_table(
        "sparks",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("share_with", sa.JSON),
    )
    op.create_index("ix_sparks_client", "sparks", ["client"])


def _milestones() -> None:
    op.create_table(
        "milestones",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("i_would_know_it_by", sa.Text),
        sa.Column("area", sa.Text),
        sa.Column("effort", sa.Integer),
        sa.Column("noticed_by", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("share_with", sa.JSON),
    )
    op.create_index("ix_milestones_client", "milestones", ["client"])


def _setbacks() -> None:
    op.create_table(
        "setbacks",
        *_of_client(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("began_on", sa.Date),
        sa.Column("roughly", sa.Boolean),
        sa.Column("what_held", sa.Text),
        sa.Column("triggers", sa.JSON),
        sa.Column("outside_control", sa.JSON),
        sa.Column("intensity", sa.Integer),
        sa.Column("early_signs", sa.Text),
        sa.Column("back_on_feet_on", sa.Date),
        sa.Column("partly_back", sa.Text),
        sa.Column("timed", sa.Boolean),
        sa.Column("learned", sa.Text),
        sa.Column("next_time", sa.Text),
        sa.Column("private_note", sa.Text),
        sa.Column("share_with", sa.JSON),
    )
    op.create_index("ix_setbacks_client", "setbacks", ["client"])


def _aspirations() -> None:
    op.create_table(
        "aspirations",
        *_of_client(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("rungs", sa.JSON, nullable=False),
        sa.Column("importance", sa.Integer),
    )
    op.create_index("ix_aspirations_client", "aspirations", ["client"])


def _ladder_marks() -> None:
    op.create_table(
        "ladder_marks",
        *_of_client(),
        sa.Column("aspiration", sa.Text, sa.ForeignKey("aspirations.id"), nullable=False),
        sa.Column("on", sa.Date),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("enough_for_now", sa.Boolean),
    )
    op.create_index("ix_ladder_marks_client", "ladder_marks", ["client"])


def _supporters() -> None:
    op.create_table(
        "supporters",
        *_of_client(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("relation", sa.Text),
        sa.Column("asked_to", sa.Text),
        sa.Column("said_yes_on", sa.Date),
        sa.Column("ready_text", sa.Text),
        sa.Column("may_see", sa.JSON),
    )
    op.create_index("ix_supporters_client", "supporters", ["client"])


def _tools() -> None:
    op.create_table(
        "tools",
        *_of_client(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("when_it_fits", sa.Text),
    )
    op.create_index("ix_tools_client", "tools", ["client"])


def _tool_uses() -> None:
    op.create_table(
        "tool_uses",
        *_of_client(),
        sa.Column("tool", sa.Text, sa.ForeignKey("tools.id"), nullable=False),
        sa.Column("on", sa.Date),
        sa.Column("setback", sa.Text, sa.ForeignKey("setbacks.id")),
        sa.Column("helped", sa.Integer),
        sa.Column("not_for_me", sa.Boolean),
    )
    op.create_index("ix_tool_uses_client", "tool_uses", ["client"])


def _steps() -> None:
    op.create_table(
        "steps",
        *_of_client(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("when", sa.Text),
        sa.Column("then", sa.Text),
        sa.Column("on_a_heavy_day", sa.Text),
        sa.Column("planned", sa.Integer),
        sa.Column("importance", sa.Integer),
        sa.Column("confidence", sa.Integer),
        sa.Column("tell", sa.Text, sa.ForeignKey("supporters.id")),
        sa.Column("tool", sa.Text, sa.ForeignKey("tools.id")),
        sa.Column("aspiration", sa.Text, sa.ForeignKey("aspirations.id")),
        sa.Column("from_setback", sa.Text, sa.ForeignKey("setbacks.id")),
        sa.Column("smaller_of", sa.Text, sa.ForeignKey("steps.id")),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
    )
    op.create_index("ix_steps_client", "steps", ["client"])


def _step_weeks() -> None:
    op.create_table(
        "step_weeks",
        *_of_client(),
        sa.Column("step", sa.Text, sa.ForeignKey("steps.id"), nullable=False),
        sa.Column("week_of", sa.Date),
        sa.Column("planned", sa.Integer),
        sa.Column("done", sa.Integer),
        sa.Column("came_between", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("helped", sa.Text),
    )
    op.create_index("ix_step_weeks_client", "step_weeks", ["client"])


def _plan() -> None:
    op.create_table(
        "plan",
        *_of_client(),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("share_with", sa.JSON),
    )
    op.create_index("ix_plan_client", "plan", ["client"])


def _noticed() -> None:
    op.create_table(
        "noticed",
        *_of_client(),
        sa.Column("on", sa.Date),
        sa.Column("who", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("share_with", sa.JSON),
    )
    op.create_index("ix_noticed_client", "noticed", ["client"])


def _support_lines() -> None:
    op.create_table(
        "support_lines",
        *_own(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("hours", sa.Text),
        sa.Column("checked_on", sa.Date),
    )


def _practice() -> None:
    op.create_table(
        "practice",
        *_own(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("contact", sa.Text),
        sa.Column("scope", sa.Text),
        sa.Column("checked_on", sa.Date),
        sa.Column("lock_after", sa.Integer),
    )


def _workshops() -> None:
    op.create_table(
        "workshops",
        *_own(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("on", sa.Date),
        sa.Column("keep_until", sa.Date),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        *_own(),
        sa.Column("workshop", sa.Text, sa.ForeignKey("workshops.id"), nullable=False),
        sa.Column("phase", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("shown", sa.Boolean),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        _here_only(),
        sa.Column("panel", sa.Text, primary_key=True),
        sa.Column("typed", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )


def _seat() -> None:
    op.create_table(
        "seat",
        _here_only(),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
