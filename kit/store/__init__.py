"""Records kept: what a book holds, what is being typed, who sits at the table. SQL ends here."""

from kit.store.history import Change
from kit.store.store import Draft, Store

__all__ = ["Change", "Draft", "Store"]
