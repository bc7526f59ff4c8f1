"""A session of one: a client's own forms on their own device."""


class Session:
    pass


ROUTES = []
