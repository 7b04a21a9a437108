"""The form inside the brand's own site: no cookie, no script, the answers inside."""

import re

import pytest
from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Person, Place

HERE = "/lamp/embed/waitlist"


def places():
    return db.session.scalar(select(func.count()).select_from(Place))


def test_it_may_be_framed_anywhere_and_never_sets_a_cookie_not_even_for_who_is_signed_in(lamp, given, visitor):
    ana = visitor(given.person("ana@example.com", member=True, name="Ana"))
    frame = ana.get(f"{HERE}?utm_source=website")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    text = frame.get_data(as_text=True)
    assert "<script" not in text and "ana@example.com" not in text and 'value="website"' in text
    answer = ana.post(HERE, {"email": "ben@example.com", "source": "website"}, seen=HERE)
    sent = ana.get(answer.location)
    for each in (frame, answer, sent):
        assert "Set-Cookie" not in each.headers
    assert answer.status_code == 303 and answer.location.startswith(f"{HERE}/sent?key=")
    assert "Look in your inbox" in sent.get_data(as_text=True) and "frame-ancestors *" in sent.headers["Content-Security-Policy"]
    assert db.session.scalar(select(Place.source)) == "website"
    outside = re.findall(r"<a ([^>]*)>", text + sent.get_data(as_text=True))
    assert outside and all('target="_blank"' in link for link in outside if "href" in link)
    assert "frame-ancestors 'none'" in ana.get("/lamp/waitlist").headers["Content-Security-Policy"], "nothing else may be framed"


@pytest.mark.parametrize("site, status", [("same-origin", 303), ("cross-site", 400), ("same-site", 400)])
def test_only_the_frames_own_form_is_taken(lamp, visitor, site, status):
    browser = visitor()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(HERE).get_data(as_text=True))[1]
    fields = {"email": "ana@example.com", "csrf_token": token}
    answer = browser.client.post(HERE, data=fields, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status and places() == (status == 303)


def test_it_says_what_is_so_before_during_a_pause_and_after(lamp, given, visitor, watch):
    owner = visitor(given.person("owner@example.com", role="owner"))
    watch.step(seconds=-1)
    assert "The waitlist opens on" in visitor().get(HERE).get_data(as_text=True)
    watch.step(seconds=1)
    desk = "/team/lamp/joins"
    answer = owner.post(f"{desk}/pause", {"message": "Back on Monday, we promise."}, seen=desk)
    assert answer.status_code == 303
    for page in (HERE, "/lamp/waitlist", "/lamp/"):
        text = visitor().get(page).get_data(as_text=True)
        assert "Back on Monday, we promise." in text and 'name="email"' not in text
        assert 'class="promise"' not in text, "what joining would bring is not promised above a form that is shut"
    refused = visitor().post("/lamp/waitlist", {"email": "ana@example.com"}, seen="/sign-in")
    assert refused.status_code == 422 and refused.headers["X-Refusal"] == "paused" and places() == 0
    assert owner.post(f"{desk}/resume", seen=desk).status_code == 303
    assert visitor().post(HERE, {"email": "ana@example.com"}, seen=HERE).status_code == 303
    watch.set(lamp.milestone("launch").due)
    assert "doors are open for everyone" in visitor().get(HERE).get_data(as_text=True)


def test_who_joined_in_the_frame_mends_it_there_also_when_the_doors_have_opened_meanwhile(lamp, visitor, watch):
    browser = visitor()
    sent = browser.post(HERE, {"email": "anna@example.com"}, seen=HERE).location
    watch.set(lamp.milestone("launch").due)
    key = sent.partition("key=")[2]
    again = browser.post(f"{HERE}/again", {"key": key}, seen=sent)
    assert (again.status_code, again.location) == (303, f"{sent}&said=again")
    right = browser.post(f"{HERE}/correct", {"key": key, "email": "ana@example.com"}, seen=sent)
    assert right.status_code == 303 and right.location.startswith(f"{HERE}/sent?key=") and places() == 1
    assert "goes to the other address now" in browser.get(right.location).get_data(as_text=True)


def test_a_closing_date_closes_at_its_moment(given, visitor, watch):
    campaign = given.campaign("lamp")
    opened = campaign.milestone("waitlist").due
    campaign.waitlist = {"closes": opened.replace(year=opened.year).isoformat()}
    db.session.commit()
    watch.set(opened)
    text = visitor().get("/lamp/waitlist").get_data(as_text=True)
    assert "The waitlist has closed" in text and db.session.scalar(select(func.count()).select_from(Person)) == 0
    watch.step(seconds=-1)
    answer = visitor().post("/lamp/waitlist", {"email": "ana@example.com"}, seen="/sign-in")
    assert answer.status_code == 403, "a second before it had not opened either"


def test_only_the_sites_that_the_campaign_names_may_frame_it(lamp, visitor):
    lamp.waitlist = lamp.waitlist | {"frames": ["https://www.example.com", "https://*.example.org"]}
    db.session.commit()
    policy = visitor().get(HERE).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://www.example.com https://*.example.org")
