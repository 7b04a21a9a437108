"""The pages of the site itself: support, terms, privacy, imprint."""

from sqlalchemy.orm import Mapped, mapped_column

from launchpad import clock
from launchpad.database import Base, When, Word, Words


class Page(Base):
    """The team's own words for one of the site's pages; without a row the built-in text stands."""

    __tablename__ = "pages"

    name: Mapped[Word] = mapped_column(primary_key=True)  # support | terms | privacy | imprint
    text: Mapped[Words]  # Markdown
    changed_at: Mapped[When] = mapped_column(default=clock.now)
