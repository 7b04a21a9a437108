"""A refusal: the one way in which a rule or a service says no to a person."""


class Refusal(Exception):
    """Said no, with a reason for programs and a sentence for the person.

    reason   a short stable code: "not_open", "sold_out", "limit" ...
    message  one sentence that a person reads, and can act on
    field    the form field at fault, if one is
    status   the HTTP status that the web answers with
    """

    def __init__(self, reason: str, message: str, field: str | None = None, status: int = 422):
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field
        self.status = status

    def __repr__(self) -> str:
        return f"Refusal({self.reason!r}, {self.message!r})"
