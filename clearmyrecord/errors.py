"""What a service may refuse with. Middleware makes each a page in plain words; the message is shown to the user."""


class ServiceError(Exception):
    """Base of the errors whose message is written for the user who caused them. Never holds record data."""


class NotAllowed(ServiceError):
    """The actor may not do this (403)."""


class NotFound(ServiceError):
    """There is no such thing, or the actor may not know of it (404)."""


class Conflict(ServiceError):
    """Somebody else changed or decided it first, or it is in the wrong state for this (409)."""


class Invalid(ServiceError):
    """What was entered can't be used; the message says what is expected (422)."""
