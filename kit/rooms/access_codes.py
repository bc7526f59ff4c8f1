"""What opens a room: links with long secrets, and a short code to type, which locks after ten wrong ones."""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one
CODE_LENGTH = 6
MAX_WRONG = 10  # codes, after which none is taken any more until the facilitator makes a new one


def new_secret() -> str:
    """128 bits, as they stand in a link."""
    return secrets.token_urlsafe(16)


def new_typed_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))


@dataclass
class AccessCodes:
    """The secrets of one room, for as long as it is open."""

    join: str = field(default_factory=new_secret)
    lead: str = field(default_factory=new_secret)
    board: str = field(default_factory=new_secret)
    typed: str = field(default_factory=new_typed_code)
    wrong: int = 0

    @property
    def locked(self) -> bool:
        return self.wrong >= MAX_WRONG

    def matches(self, role: str, given: str) -> bool:
        """Whether this is the secret of a link."""
        return compare_digest(getattr(self, role).encode(), given.encode())

    def matches_typed(self, given: str) -> bool:
        """Whether this is the short code; counts the wrong ones, and takes none once there were too many."""
        plain = "".join(given.casefold().split()).replace("-", "")
        if self.locked or not plain:
            return False
        if compare_digest(self.typed.encode(), plain.encode()):
            return True
        self.wrong += 1
        return False

    def renew(self) -> None:
        """Another link and another short code; those before open nothing from now on."""
        self.join = new_secret()
        self.renew_typed()

    def renew_typed(self) -> None:
        self.typed, self.wrong = new_typed_code(), 0
