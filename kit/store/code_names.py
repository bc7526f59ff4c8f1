"""Code names beside each other: which are heard alike, which look alike, and the signs in one that nobody sees."""

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import bidirectional, category, combining, normalize

from kit.words import _

# Unicode's "default ignorable" signs (bidirectional controls and variation selectors among them), and some blank ones.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JOINERS = "\u200c\u200d"


def find_conflict(name: str, others: Iterable[str], is_new: bool = True) -> str:
    """Why a name cannot stand beside others, as one sentence; empty where it can. One that was there before may."""
    if is_new and _has_invisible(name):
        return _(
            "there is a sign in it that nobody can see; some emoji bring one along. Please type it anew, without that "
            "emoji."
        )
    same = next(
        (
            other
            for other in others
            if (is_confusable(name, other) if is_new else normalized(name) == normalized(other))
        ),
        None,
    )
    if same is None:
        return ""
    if normalized(same) == normalized(name):
        return _("there is a client called {name} already. Please choose another name.").format(name=name)
    return _("there is a client whose name looks just like {name}. Please choose another name.").format(name=name)


def normalized(name: str) -> str:
    """A name without what nobody hears: capitals, spaces, signs without a shape, other ways to write a letter."""
    return "".join(one for one in normalize("NFKC", name).casefold() if not (one.isspace() or _is_ignorable(one)))


def _is_ignorable(sign: str) -> bool:
    return category(sign) == "Cf" or _INVISIBLE.match(sign) is not None


def is_confusable(one: str, other: str) -> bool:
    """Whether two names cannot be told apart by ear or by eye."""
    return not _skeletons(one).isdisjoint(_skeletons(other))


def _skeletons(name: str) -> set[str]:
    """How a name looks, as written and without its capitals: a Cyrillic capital may look Latin, its small one not."""
    return {normalized(name), normalized(_skeleton(name)), _skeleton(normalized(name))}


def _skeleton(name: str) -> str:
    """Unicode's own measure (UTS 39): names that look the same have the same one."""
    return normalize("NFD", normalize("NFD", name).translate(_prototypes()))


@cache
def _prototypes() -> dict[int, str]:
    """Each sign -> what stands for all that look like it: "l" for 1, "rn" for m."""
    from confusable_homoglyphs.confusables import confusables_data  # a moment to read, and needed for new names alone

    def rank(sign: str) -> tuple[bool, int, str]:
        return len(_without_marks(sign)) > 1, len(confusables_data[sign]), sign

    # The data name each pair in both directions: what the others lead to is in the middle of its group.
    middle = {sign: max((one["c"] for one in others), key=rank) for sign, others in confusables_data.items()}
    found = {
        ord(_without_marks(one)): _without_marks(other) for one, other in middle.items() if rank(one) < rank(other)
    }
    return {sign: normalize("NFD", stands).translate(found) for sign, stands in found.items()}


def _without_marks(sign: str) -> str:
    """Without the two marks that the data put round a sign that is written from the right."""
    return sign.strip("\u200e")


def _has_invisible(name: str) -> bool:
    """Whether something in a name cannot be seen, and belongs to no script's own way of writing."""
    return any(not _is_joiner(name, found.start()) for found in _INVISIBLE.finditer(name))


def _is_joiner(name: str, at: int) -> bool:
    """Whether the sign there only says how two letters join, as Persian and the scripts of India need it."""
    if name[at] not in _JOINERS or not 0 < at < len(name) - 1:
        return False
    before, after = name[at - 1], name[at + 1]
    return combining(before) == 9 or bidirectional(before) == bidirectional(after) == "AL"
