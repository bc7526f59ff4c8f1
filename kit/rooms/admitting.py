"""How much somebody may send before anything of it is read: a stranger a code, a phone its lines, a client a form."""

import math
from typing import Any

from tornado.httputil import HTTPServerRequest, parse_cookie
from tornado.web import Application, decode_signed_value

STRANGER = 2 * 1024  # bytes: a code, or a yes
PHONE = 16 * 1024  # a line of 280 characters, each of them twelve bytes in a form
LARGEST = 256 * 1024  # a client's own form
SENT_WITHIN = 15.0  # seconds in which all of it is here


class Admitting(Application):
    """Looks at who asks when the head of a request is here: nothing that is too much is waited for, or held."""

    def get_handler_delegate(self, request: HTTPServerRequest, *given: Any, **more: Any) -> Any:
        connection: Any = request.connection
        connection.set_max_body_size(self._most(request))
        return super().get_handler_delegate(request, *given, **more)

    def _most(self, request: HTTPServerRequest) -> int:
        room = self.settings["room"]
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if room.codes.opens("lead", bearer) or self._told(request, "lead") == "lead":
            return PHONE
        if self._told(request, "person") not in room.run.people:
            return STRANGER
        return LARGEST if room.kind == "session" else PHONE

    def _told(self, request: HTTPServerRequest, role: str) -> str:
        name = f"room_{role}"
        value = parse_cookie(request.headers.get("Cookie", "")).get(name)
        secret = self.settings["cookie_secret"]  # whose end, with the room's, is the end of every cookie
        told = decode_signed_value(secret, name, value, max_age_days=math.inf) if value else None
        return told.decode() if told else ""
