"""How much somebody may send before anything of it is read: a stranger a code, a phone its lines, a client a form."""

import math
from typing import Any

from tornado.httputil import HTTPServerRequest, parse_cookie
from tornado.web import Application, HTTPError, decode_signed_value, stream_request_body

from kit.rooms.handlers import Page

MAX_STRANGER = 2 * 1024  # bytes: a code, or a yes
MAX_PHONE = 16 * 1024  # a line of 280 characters, each of them twelve bytes in a form
MAX_FORM = 256 * 1024  # a client's own form
BODY_TIMEOUT = 15.0  # seconds in which all of it is here


@stream_request_body
class BodyTooLarge(Page):
    """Lets go of each part as it comes, and says one sentence in the end."""

    role = ""

    def check_xsrf_cookie(self) -> None:
        """Nothing is done here, so nothing can be forged."""

    def data_received(self, chunk: bytes) -> None:
        pass

    def post(self, *_path: str) -> None:
        raise HTTPError(413)

    get = put = patch = delete = post


class LimitingApplication(Application):
    """Looks at who asks when the head of a request is here: what is too much for them is not held."""

    def get_handler_delegate(self, request: HTTPServerRequest, *given: Any, **more: Any) -> Any:
        connection: Any = request.connection
        most, length = self._most(request), request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > most:
            return super().get_handler_delegate(request, BodyTooLarge)
        connection.set_max_body_size(most)
        return super().get_handler_delegate(request, *given, **more)

    def _most(self, request: HTTPServerRequest) -> int:
        room = self.settings["room"]
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if room.codes.matches("lead", bearer) or self._told(request, "lead") == "lead":
            return MAX_PHONE
        if self._told(request, "person") not in room.run.people:
            return MAX_STRANGER
        return MAX_FORM if room.kind == "session" else MAX_PHONE

    def _told(self, request: HTTPServerRequest, role: str) -> str:
        name = f"room_{role}"
        value = parse_cookie(request.headers.get("Cookie", "")).get(name)
        secret = self.settings["cookie_secret"]  # whose end, with the room's, is the end of every cookie
        told = decode_signed_value(secret, name, value, max_age_days=math.inf) if value else None
        return told.decode() if told else ""
