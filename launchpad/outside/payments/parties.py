"""What a provider and whoever calls it tell each other."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Payable:
    """What a provider is asked to take: `amount` in minor units of an ISO 4217 `currency`, until a real moment."""

    number: str
    what: str
    quantity: int
    amount: int
    currency: str
    until: datetime
    back: str  # the order's own page, whole address
    email: str | None = None  # the buyer's, so that they need not type it again


class Unreachable(Exception):
    """The provider did not answer, or not with what was asked for. `refused`: it did, and said no."""

    def __init__(self, why: str, refused: bool = False):
        super().__init__(why)
        self.refused = refused
