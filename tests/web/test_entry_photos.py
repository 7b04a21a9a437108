"""Photos in the thread: taken in as those of stories are, public while their entry is shown, gone with its words."""

from io import BytesIO

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, EntryPhoto
from launchpad.outside.files import files
from launchpad.services import pictures, thread
from tests.pictures import jpeg


@pytest.fixture
def ana(given, visitor):
    return visitor(given.person(member=True, name="Ana"))


def photo(content: bytes | None = None, name: str = "desk.jpg"):
    return BytesIO(jpeg(gps=True, after=b"trailing") if content is None else content), name


def sent(who, htmx: bool = False, **fields):
    headers = {"HX-Request": "true"} if htmx else {}
    fields = {"text": "", "kind": "post", **fields}
    return who.post("/lamp/thread", fields, seen="/lamp/thread", content_type="multipart/form-data", headers=headers)


def of(entry_id: int) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(EntryPhoto.key).filter_by(entry_id=entry_id).order_by(EntryPhoto.position)))


def test_a_photo_is_posted_read_by_everyone_and_gone_when_hidden_or_taken_back(campaign, ana, given, visitor):
    answer = sent(ana, text="Before and after", photo=[photo(), photo()], alt=["Dark", "Light"], key="k")
    entry = db.session.scalars(select(Entry.id)).one()
    assert answer.status_code == 303 and answer.location == f"/lamp/thread#entry-{entry}"
    keys = of(entry)
    address = f"/lamp/thread/photos/{keys[0]}-480.webp"
    page = visitor().get("/lamp/thread").get_data(as_text=True)
    assert address in page and 'alt="Dark"' in page and 'alt="Light"' in page
    assert address in visitor().get("/lamp/thread/since/0").get_data(as_text=True)
    got = visitor().get(address)
    assert got.mimetype == "image/webp" and "max-age=45" in got.headers["Cache-Control"]
    assert b"neighbour" not in got.data and b"trailing" not in got.data and b"Exif" not in got.data
    db.session.rollback()
    with writing() as session:
        thread.hide(session.get_one(Campaign, campaign.id), None, session.get_one(Entry, entry))
    assert visitor().get(address).status_code == 404 and address not in visitor().get("/lamp/thread").get_data(as_text=True)
    assert "no-store" in ana.get(address).headers["Cache-Control"]  # its author, and the team
    db.session.rollback()
    with writing() as session:
        thread.show(session.get_one(Campaign, campaign.id), None, session.get_one(Entry, entry))
    assert visitor().get(address).status_code == 200
    assert ana.post(f"/lamp/thread/{entry}/withdraw", seen="/lamp/thread").status_code == 303
    assert of(entry) == [] and visitor().get(address).status_code == 404
    left = [file for file, _ in files().every() if file.startswith(keys[0]) or file.startswith(keys[1])]
    assert left == []


def test_with_a_photo_there_need_be_no_words_and_a_double_click_keeps_one_set_of_files(campaign, ana):
    before = len(list(files().every()))
    first = sent(ana, photo=[photo()], alt=["A desk"], key="twice")
    again = sent(ana, photo=[photo()], alt=["A desk"], key="twice")
    assert first.status_code == again.status_code == 303 and first.location == again.location
    entry = db.session.scalars(select(Entry.id)).one()
    assert len(of(entry)) == 1
    db.session.rollback()
    assert len(list(files().every())) - before == 3
    assert pictures.strays() == []
    part = sent(ana, htmx=True, text="With words", photo=[photo()], alt=["A lamp"], key="other").get_data(as_text=True)
    assert part.strip().startswith('<form class="composer"') and 'alt="A lamp"' in part


@pytest.mark.parametrize(
    "fields, says",
    [
        ({"photo": [(b"", "a.jpg")] * 5, "alt": ["x"] * 5}, "up to 4 photos"),
        ({"photo": [(None, "a.jpg")], "alt": [""]}, "Say in a few words what photo 1 shows"),
        ({"photo": [(b"no picture", "a.jpg")], "alt": ["x"]}, ""),
        ({"photo": [(None, "a.jpg")], "alt": ["a" * 251]}, "250 characters"),
        ({"photo": [(None, "a.jpg")], "alt": ["x"], "text": "t" * 2001, "key": "k"}, "2,001"),
        ({"photo": [("large", "a.jpg")], "alt": ["x"]}, "15 MB"),
    ],
)
def test_a_refused_photo_is_the_form_again_with_the_words_and_no_file(campaign, ana, fields, says):
    before = len(list(files().every()))
    contents = {None: jpeg(), "large": b"x" * (15 * 2**20 + 1)}
    made = [photo(contents.get(content, content), name) for content, name in fields["photo"]]
    answer = sent(ana, **{"text": "My words", **fields, "photo": made})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and says in page and fields.get("text", "My words")[:9] in page
    assert db.session.scalars(select(Entry)).all() == []
    db.session.rollback()
    assert len(list(files().every())) == before
