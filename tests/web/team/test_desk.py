"""The control room's lists and acts: numbers, waitlist, stock and orders, polls and ideas, the queue, today."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Consent, Entry, Hold, Idea, Order, Person, Place, Story, Variant
from launchpad.services import ideas, line_mending, thread
from launchpad.web.sheets import cell
from tests.make import NOON
from tests.web.team.test_room import acts, hidden

SEEN_BY_ALL = ("numbers", "polls", "moderation", "today", "today/pulse")
OWNERS = (
    "waitlist", "orders", "numbers/funnel.csv", "numbers/orders.csv", "numbers/places.csv", "numbers/votes.csv",
)  # fmt: skip


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """It launched an hour ago."""
    row = given.campaign("lamp", name="Aurora Lamp", stock=10, per_person=5)
    watch.set(row.milestone("launch").due + timedelta(hours=1))
    return row


@pytest.fixture
def owner(given, visitor):
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def row(model, id=None):
    db.session.rollback()
    return db.session.get(model, id) if id else db.session.scalars(select(model).order_by(model.id.desc())).first()


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def cells(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(answer).removeprefix("\ufeff"))))


@pytest.mark.parametrize("path", SEEN_BY_ALL + OWNERS)
def test_who_sees_which_page(path, campaign, given, visitor):
    answer = visitor().get(f"/team/lamp/{path}")
    assert answer.status_code == 303 and answer.location.startswith("/sign-in")
    assert visitor(given.person(member=True)).get(f"/team/lamp/{path}").status_code == 403
    moderator = 200 if path in SEEN_BY_ALL else 403
    assert visitor(given.person(role="moderator")).get(f"/team/lamp/{path}").status_code == moderator
    assert visitor(given.person(role="owner")).get(f"/team/lamp/{path}").status_code == 200


@pytest.mark.parametrize("path", SEEN_BY_ALL + OWNERS)
def test_every_page_of_a_draft_that_sells_nothing(path, given, visitor, watch):
    given.campaign("lamp", preview=NOON + timedelta(days=9))
    with writing() as session:
        session.delete(session.scalars(select(Variant)).one())
    assert visitor(given.person(role="owner")).get(f"/team/lamp/{path}").status_code == 200


NONSENSE = (
    "before=-1", "before=x", "before=99999999999999999999", "after=999999999", "after=-5", "after=%00", "q=%00",
    "q=%25", "q=_", "q=" + "x" * 5000, "q=%F0%9F%92%A1", "q='%20OR%201=1", "q=%5C", "state=nothing", "state=%FF", "source=%00",
    "seen=x", "seen=99999999999", "before=%D9%A3", "q=%ED%A0%80",
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_no_address_breaks_a_page(query, campaign, owner, given):
    given.place(campaign, given.person())
    given.order(campaign, given.person())
    for path in ("waitlist", "orders", "moderation", "today/pulse", "numbers"):
        assert owner.get(f"/team/lamp/{path}?{query}").status_code == 200, path


@pytest.mark.parametrize("path", ["orders", "stock"])
@pytest.mark.parametrize("id", [0, 1, 2**31 - 1, 2**31, 10**30, "x", "-1"])
def test_a_row_that_is_not_there_is_404(path, id, owner, given, campaign):
    given.order(given.campaign("other"), given.person())  # order 1, and variant 2, are another campaign's
    if (path, id) == ("stock", 1):
        id = 2
    assert owner.get(f"/team/lamp/{path}/{id}").status_code == 404


# --- numbers -----------------------------------------------------------------------------------------------------


def test_the_numbers_are_printed_with_what_they_count(campaign, owner, given):
    buyer = given.person(member=True)
    given.place(campaign, buyer)
    given.place(campaign, given.person())
    given.place(campaign, given.person(), confirmed=False)
    given.order(campaign, buyer, quantity=2, source="member")
    given.order(campaign, given.person(), source="cold")
    text = text_of(owner.get("/team/lamp/numbers"))
    for said in (
        "50.0 %",
        "1 of 2 confirmed places",
        "€387.00",
        "3 units in 2 confirmed orders",
        "66.7 %",
        "nothing of ours",
    ):
        assert said in text, said
    lines = dict(line[:2] for line in cells(owner.get("/team/lamp/numbers/funnel.csv")))
    assert (lines["places submitted"], lines["places confirmed"], lines["buyers"]) == ("3", "2", "1")
    assert (lines["revenue"], lines["revenue member"], lines["waitlist to buyer"]) == ("38700", "25800", "0.5")


def test_an_empty_campaign_says_so(campaign, owner):
    text = text_of(owner.get("/team/lamp/numbers"))
    assert "0 of 0 confirmed places" in text and "No letter has been written yet" in text and "€0.00" in text
    lines = dict(line[:2] for line in cells(owner.get("/team/lamp/numbers/funnel.csv")))
    assert (lines["orders"], lines["waitlist to buyer"]) == ("0", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|x", "＝1"])
def test_no_cell_is_a_formula(name, campaign, owner, given):
    person = given.person(name=name)
    given.place(campaign, person, source="=cmd", ref="@x")
    given.order(campaign, person, source_note="+x")
    for sheet in ("orders", "places"):
        answer = owner.get(f"/team/lamp/numbers/{sheet}.csv")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="lamp-{sheet}.csv"'
        assert "no-store" in answer.headers["Cache-Control"]
        head, line = cells(answer)
        assert len(head) == len(line)
        assert not [value for value in line if value.strip()[:1] in "=+-@|＝" and value.strip()], line
        assert f"'{name}".strip() in line[head.index("name")]


@pytest.mark.parametrize(
    "value, said", [(-5, -5), (0.5, 0.5), (None, ""), (True, "yes"), ("a=b", "a=b"), ("", ""), ("-", "'-")]
)
def test_cells_of_our_own(value, said):
    assert cell(value) == said


def test_the_votes_as_a_sheet(campaign, owner, given):
    from launchpad.models import Vote, VoteChoice

    poll, person = given.poll(campaign), given.person(member=True, name="Ana")
    with writing() as session:
        session.add(
            Vote(poll_id=poll.id, person_id=person.id, at=NOON, choices=[VoteChoice(option_id=poll.options[1].id)])
        )
    head, line = cells(owner.get("/team/lamp/numbers/votes.csv"))
    assert dict(zip(head, line, strict=True)) | {"email": ""} == {
        "poll": "1", "question": poll.question, "answer": "Forest", "cast": "2026-12-01T12:00:00.000000Z",
        "name": "Ana",
        "email": "",
    }  # fmt: skip


# --- waitlist ----------------------------------------------------------------------------------------------------


def numbers_on(answer) -> list[str]:
    import re

    return re.findall(r'id="place-\d+"><td class="number">([^<]+)<', text_of(answer))


def test_the_waitlist_stands_in_line_and_pages_without_a_gap(campaign, owner, given):
    at = campaign.milestone("waitlist").due
    with writing() as session:
        people = [Person(email=f"p{n}@example.com", name=f"P{n}") for n in range(120)]
        session.add_all(people)
        session.flush()
        for n, person in enumerate(people):  # all in one moment: the id decides
            same = {"campaign_id": campaign.id, "person_id": person.id, "asked_at": at, "submitted_at": at}
            session.add(Place(**same, confirmed_at=None if n == 3 else at, left_at=at if n == 5 else None))
            session.flush()
        line_mending.mend(session.get(Campaign, campaign.id))
    found, path = [], "/team/lamp/waitlist"
    for _ in range(5):
        answer = owner.get(path)
        found += numbers_on(answer)
        link = __import__("re").search(r'rel="next" href="([^"]+)"', text_of(answer))
        if link is None:
            break
        path = link[1].replace("&amp;", "&")
    counted = [n for n in found if n != "–"]
    assert len(found) == 120 and counted == [str(n) for n in range(1, 119)]
    assert found[3] == found[5] == "–"


def test_the_waitlist_is_filtered_and_searched(campaign, owner, given):
    given.place(campaign, given.person("ana@example.com", name="Ana 100% Sure"), sku="OAK", quantity=2, source="radio")
    given.place(campaign, given.person("bea@example.com", name="Bea"), confirmed=False)
    given.place(campaign, given.person("cid@example.com", name="Cid"), left_at=NOON)
    for query, names in (
        ("", {"ana", "bea", "cid"}), ("state=confirmed", {"ana"}), ("state=waiting", {"bea"}), ("state=left", {"cid"}),
        ("q=BEA@", {"bea"}), ("q=%25", {"ana"}), ("q=_", set()), ("q=ana&state=left", set()),
    ):  # fmt: skip
        text = text_of(owner.get(f"/team/lamp/waitlist?{query}"))
        assert {name for name in ("ana", "bea", "cid") if f"{name}@example.com" in text} == names, query
    text = text_of(owner.get("/team/lamp/waitlist?q=ana"))
    assert "2 × Oak" in text and "radio" in text


# --- orders and stock --------------------------------------------------------------------------------------------


def test_orders_are_listed_filtered_and_paged(campaign, owner, given):
    first = given.order(campaign, given.person("ana@example.com"), source="member", source_note="radio")
    given.order(campaign, given.person("bea@example.com"), state="refunded", source="cold")
    other = given.order(given.campaign("other"), given.person("zoe@example.com"))
    text = text_of(owner.get("/team/lamp/orders"))
    assert first.number in text and other.number not in text and "1 confirmed" in text and "1 refunded" in text
    for query, names in (
        ("state=refunded", {"bea"}), ("source=member", {"ana"}), (f"q={first.number.lower()}", {"ana"}),
        ("q=nobody", set()),
    ):  # fmt: skip
        text = text_of(owner.get(f"/team/lamp/orders?{query}"))
        assert {name for name in ("ana", "bea", "zoe") if f"{name}@example.com" in text} == names, query
    text = text_of(owner.get(f"/team/lamp/orders?before={first.id + 1}"))
    assert "ana@example.com" in text and "bea@example.com" not in text


def test_live_holds_are_shown_with_their_end(campaign, owner, given, watch):
    order = given.order(campaign, given.person("ana@example.com"), state="held", at=watch.now - timedelta(minutes=6))
    assert "ends in 4 min" in text_of(owner.get("/team/lamp/orders"))
    watch.step(minutes=4)
    assert "over; free for the next buyer" in text_of(owner.get(f"/team/lamp/orders/{order.id}"))


def test_a_refund_from_its_page(campaign, owner, given):
    order = given.order(campaign, given.person(member=True))
    with writing() as session:
        from launchpad.models import Allowance

        session.add(Allowance(campaign_id=campaign.id, person_id=order.person_id, taken=1))
    page, address = f"/team/lamp/orders/{order.id}", f"/team/lamp/orders/{order.id}/refund"
    for reason, said in (("  ", "Say why"), ("x" * 251, "At most 250")):
        answer = owner.post(address, {"reason": reason}, seen=page)
        assert answer.status_code == 422 and said in text_of(answer)
        assert row(Order, order.id).state == "confirmed"
    assert owner.post(address, {"reason": "Broken"}, seen=page).status_code == 303
    assert row(Order, order.id).state == "refunded" and row(Variant).taken == 0 and row(Hold).state == "ended"
    again = owner.post(address, {"reason": "Broken"}, seen="/team/lamp/orders?x=" + "1")
    assert again.status_code == 422 and row(Variant).taken == 0
    assert [(a.act, a.subject, a.reason) for a in acts()] == [("order.refund", f"order:{order.id}", "Broken")]
    assert "refunded an order" in text_of(owner.get("/team/lamp/audit"))


def test_a_checkout_is_cancelled_from_its_page_and_a_moderator_may_not(campaign, owner, given, visitor):
    order = given.order(campaign, given.person(), state="held")
    with writing() as session:
        from launchpad.models import Allowance

        session.add(Allowance(campaign_id=campaign.id, person_id=order.person_id, taken=1))
    address = f"/team/lamp/orders/{order.id}/cancel"
    moderator = visitor(given.person(role="moderator"))
    assert moderator.post(address, {"reason": "x"}, seen="/team/lamp/today").status_code == 403
    assert owner.post(address, {"reason": "Asked to"}, seen=f"/team/lamp/orders/{order.id}").status_code == 303
    assert row(Order, order.id).state == "cancelled" and row(Variant).taken == 0


def restock(someone, id, **fields):
    page = someone.get(f"/team/lamp/stock/{id}")
    return someone.post(f"/team/lamp/stock/{id}", {**hidden(page, "version", "seen"), **fields})


def test_stock_is_changed_with_a_reason(campaign, owner, given):
    given.order(campaign, given.person(), quantity=4)
    id = row(Variant).id
    answer = restock(owner, id, stock="1,200", head_start_stock="5", reason="A second run")
    assert answer.status_code == 303 and (row(Variant).stock, row(Variant).head_start_stock) == (1200, 5)
    assert [(a.act, a.before["stock"], a.after["stock"]) for a in acts()] == [("stock.change", 10, 1200)]
    state = owner.get("/lamp/state.json").get_json()["stock"]
    assert state == [{"sku": "OAK", "total": 1200, "left": 1196}]


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"stock": "3", "head_start_stock": "3", "reason": "x"}, "4 are sold or on hold"),
        ({"stock": "10", "head_start_stock": "11", "reason": "x"}, "larger than the stock"),
        ({"stock": "10", "head_start_stock": "5", "reason": ""}, "Say why"),
        ({"stock": "-1", "head_start_stock": "5", "reason": "x"}, "whole number"),
        ({"stock": "1e3", "head_start_stock": "5", "reason": "x"}, "whole number"),
        ({"stock": "٣", "head_start_stock": "5", "reason": "x"}, "whole number"),
        ({"stock": str(2**31), "head_start_stock": "5", "reason": "x"}, "whole number"),
        ({"stock": "9" * 400, "head_start_stock": "5", "reason": "x"}, "At most 20"),
        ({"stock": "", "head_start_stock": "5", "reason": "x"}, "whole number"),
        ({"stock": "10", "head_start_stock": "5", "reason": "x", "version": "0"}, "was changed since"),
    ],
)
def test_a_stock_that_cannot_be_is_said_in_the_form(campaign, owner, given, fields, said):
    given.order(campaign, given.person(), quantity=4)
    answer = restock(owner, row(Variant).id, **fields)
    assert answer.status_code == 422 and said in text_of(answer)
    assert (row(Variant).stock, row(Variant).head_start_stock) == (10, 5) and acts() == []


# --- polls and ideas ---------------------------------------------------------------------------------------------


def test_the_team_sees_results_that_others_do_not(campaign, owner, given):
    given.poll(campaign, results="team", question="Which cable?")
    text = text_of(owner.get("/team/lamp/polls"))
    assert "Which cable?" in text and "0 people voted" in text and "Only the team sees the results" in text


def test_an_idea_is_answered_hidden_and_shown(campaign, given, visitor):
    person = given.person(member=True)
    with writing() as session:
        idea = ideas.post(session.get(Campaign, campaign.id), session.get(Person, person.id), "A wall version").id
    moderator, address = visitor(given.person(role="moderator")), f"/team/lamp/ideas/{idea}"
    seen = "/team/lamp/polls"
    answer = moderator.post(f"{address}/answer", {"was": "open", "state": "planned", "answer": "In spring"}, seen=seen)
    assert answer.status_code == 303 and (row(Idea).state, row(Idea).answer) == ("planned", "In spring")
    for fields, said in (
        ({"was": "open", "state": "declined", "answer": ""}, "decided this meanwhile"),
        ({"was": "planned", "state": "gone", "answer": ""}, "Choose one of the states"),
        ({"was": "planned", "state": "open", "answer": "x" * 2001}, "At most 2,000"),
    ):
        answer = moderator.post(f"{address}/answer", fields, seen=seen)
        assert answer.status_code == 422 and said in text_of(answer)
    assert moderator.post(f"{address}/hide", {"reason": ""}, seen=seen).status_code == 422
    assert moderator.post(f"{address}/hide", {"reason": "Spam"}, seen=seen).status_code == 303
    assert row(Idea).state == "hidden" and "Show again" in text_of(moderator.get(seen))
    assert moderator.post(f"{address}/show", {}, seen=seen).status_code == 303 and row(Idea).state == "planned"
    assert [a.act for a in acts()] == ["idea.answer", "idea.hide", "idea.show"]
    assert moderator.post("/team/lamp/ideas/999/hide", {"reason": "x"}, seen=seen).status_code == 404


# --- moderation --------------------------------------------------------------------------------------------------


def story(campaign, person, **values) -> int:
    with writing() as session:
        one = Story(campaign_id=campaign.id, person_id=person.id, text=values.pop("text", "My desk"), at=NOON, **values)
        session.add(one)
        session.flush()
        for purpose, given in (("story:site", True), ("story:email", True), ("story:email", False)):
            session.add(
                Consent(
                    person_id=person.id,
                    campaign_id=campaign.id,
                    story_id=one.id,
                    purpose=purpose,
                    given=given,
                    wording="x",
                )
            )
        return one.id


def test_the_queue_shows_consents_and_decides(campaign, given, visitor):
    first, second = (story(campaign, given.person(name=name)) for name in ("Ana", "Bea"))
    moderator, seen = visitor(given.person(role="moderator")), "/team/lamp/moderation"
    text = text_of(moderator.get(seen))
    assert text.index("Ana") < text.index("Bea") and "email: no" in text and "site: no" not in text
    decide, one, other = f"{seen}/decide", {"pick": f"story-{first}-0"}, {"pick": f"story-{second}-0", "act": "down"}
    answer = moderator.post(decide, one | {"act": "keep", "reason": ""}, seen=seen)
    assert (answer.status_code, answer.location) == (303, f"{seen}#queue") and row(Story, first).state == "approved"
    answer = moderator.post(decide, other | {"reason": " "}, seen=seen)
    assert (
        answer.status_code == 422 and "the author reads it" in text_of(answer) and row(Story, second).state == "waiting"
    )
    assert moderator.post(decide, other | {"reason": "Blurred"}, seen=seen).status_code == 303
    assert (row(Story, second).state, row(Story, second).reason) == ("rejected", "Blurred")
    assert "Nothing waits" in text_of(moderator.get(seen))
    assert [a.act for a in acts()] == ["story.approve", "story.reject"]


def test_a_decision_that_comes_after_the_author_took_it_back_is_told(campaign, given, visitor):
    id = story(campaign, given.person(), state="withdrawn")
    moderator, seen = visitor(given.person(role="moderator")), "/team/lamp/moderation"
    answer = moderator.post(f"{seen}/decide", {"pick": f"story-{id}-0", "act": "keep"}, seen=seen)
    assert answer.status_code == 422 and "author took" in text_of(answer)
    assert row(Story, id).state == "withdrawn" and acts() == []


def post(campaign, person, words, **values) -> int:
    with writing() as session:
        return thread.post(session.get(Campaign, campaign.id), session.get(Person, person.id), words, **values).id


def test_entries_are_hidden_shown_pinned_and_edited_with_a_reason(campaign, given, visitor):
    member, host = given.person(member=True, name="Ana"), given.person(role="moderator")
    theirs, ours = post(campaign, member, "Buy my stuff"), post(campaign, host, "We sale at six", kind="update")
    moderator, seen = visitor(host), "/team/lamp/moderation"
    acting = f"{seen}/entries/{theirs}"
    assert moderator.post(f"{acting}/pin", {"reason": "Good"}, seen=seen).location == f"{seen}#entry-{theirs}"
    assert row(Entry, theirs).pinned_at is not None
    assert moderator.post(f"{acting}/unpin", {}, seen=seen).status_code == 303
    assert moderator.post(f"{acting}/hide", {"reason": "Spam"}, seen=seen).status_code == 303
    assert (row(Entry, theirs).state, row(Entry, theirs).hidden_why) == ("hidden", "Spam")
    assert "Show again" in text_of(moderator.get(seen))
    assert moderator.post(f"{acting}/show", {}, seen=seen).status_code == 303 and row(Entry, theirs).state == "shown"
    edit = {"text": "We sell at six", "reason": "Typo", "seen": "1"}
    assert moderator.post(f"{seen}/entries/{ours}/edit", edit, seen=seen).status_code == 303
    assert row(Entry, ours).text == "We sell at six"
    second = moderator.post(f"{seen}/entries/{ours}/edit", edit | {"text": "We sell at eight"}, seen=seen)
    assert second.status_code == 422 and "They now say: We sell at six" in text_of(second)
    assert "We sell at eight" in text_of(second), "what was typed is still there"
    answer = moderator.post(f"{acting}/edit", {"text": "Changed", "reason": "x"}, seen=seen)
    assert answer.status_code == 403 and row(Entry, theirs).text == "Buy my stuff", (
        "the team never changes a member's words"
    )
    for fields, said in (
        ({"text": " "}, "Write something"),
        ({"text": "x" * 2001}, "At most 2,000"),
        ({"text": "x", "reason": "y" * 251}, "At most 250"),
    ):
        answer = moderator.post(f"{seen}/entries/{ours}/edit", fields, seen=seen)
        assert answer.status_code == 422 and said in text_of(answer)
    assert [(a.act, a.reason) for a in acts()] == [
        ("entry.pin", "Good"), ("entry.unpin", ""), ("entry.hide", "Spam"), ("entry.show", ""), ("entry.edit", "Typo"),
    ]  # fmt: skip
    assert moderator.post(f"{seen}/entries/999/hide", {}, seen=seen).status_code == 404
    assert moderator.post(f"{acting}/burn", {}, seen=seen).status_code == 404


def test_what_its_author_took_back_stays_away(campaign, given, visitor):
    member = given.person(member=True)
    id = post(campaign, member, "Oops")
    with writing() as session:
        thread.withdraw(session.get(Campaign, campaign.id), session.get(Person, member.id), session.get(Entry, id))
    moderator, seen = visitor(given.person(role="moderator")), "/team/lamp/moderation"
    assert "Show again" not in text_of(moderator.get(seen))
    assert moderator.post(f"{seen}/entries/{id}/show", {}, seen=seen).status_code == 422


def test_the_thread_pages(campaign, given, visitor):
    member = given.person(member=True)
    for n in range(45):
        post(campaign, member, f"word-{n:02}")
    moderator = visitor(given.person(role="moderator"))
    text = text_of(moderator.get("/team/lamp/moderation"))
    assert "word-44" in text and "word-05" in text and "word-04" not in text and "Older" in text
    oldest = db.session.scalar(select(func.min(Entry.id))) + 5
    assert "word-04" in text_of(moderator.get(f"/team/lamp/moderation?before={oldest}"))


# --- today -------------------------------------------------------------------------------------------------------


def test_the_host_posts_once_however_often_the_button_is_tapped(campaign, given, visitor):
    host, seen = visitor(given.person(role="moderator")), "/team/lamp/today"
    key = hidden(host.get(seen), "key")["key"]
    for _ in range(2):
        answer = host.post(f"{seen}/post", {"text": "We are live", "kind": "update", "key": key})
        assert (answer.status_code, answer.location) == (303, f"{seen}#latest")
        host.get(seen)
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1 and row(Entry).kind == "update"
    assert "We are live" in text_of(host.get("/lamp/thread"))
    for fields, said in (
        ({"text": " ", "key": "b"}, "Write something"),
        ({"text": "x" * 2001}, "At most"),
        ({"text": "x", "kind": "milestone", "key": "c"}, "Choose a post"),
    ):
        answer = host.post(f"{seen}/post", fields, seen=seen)
        assert answer.status_code == 422 and said in text_of(answer)


def test_hide_and_undo_with_one_tap_each(campaign, given, visitor):
    id = post(campaign, given.person(member=True), "Rude words")
    host, seen = visitor(given.person(role="moderator")), "/team/lamp/today"
    assert host.post(f"{seen}/entries/{id}/hide", {}, seen=seen).status_code == 303
    assert row(Entry, id).state == "hidden" and "Undo" in text_of(host.get(seen))
    assert host.post(f"{seen}/entries/{id}/show", {}).status_code == 303 and row(Entry, id).state == "shown"
    assert [a.act for a in acts()] == ["entry.hide", "entry.show"]


def test_sales_stop_and_go_on_with_one_tap_each_whoever_was_first(campaign, given, visitor):
    host, seen = visitor(given.person(role="moderator")), "/team/lamp/today"
    host.get(seen)
    for _ in range(2):
        answer = host.post(f"{seen}/stop", {"message": "Back at seven"}, seen=seen)
        assert (answer.status_code, answer.location) == (303, f"{seen}#sales")
    assert row(Campaign).sales_message == "Back at seven" and row(Campaign).sales_stopped_at is not None
    assert host.get("/lamp/state.json").get_json()["selling"] is False
    for _ in range(2):
        assert host.post(f"{seen}/resume", {}, seen=seen).status_code == 303
    assert row(Campaign).sales_stopped_at is None
    assert [a.act for a in acts()] == ["sales.stop", "sales.resume"]
    assert host.post(f"{seen}/stop", {"message": "x" * 251}, seen=seen).status_code == 422


def test_the_pulse_counts_the_last_minutes_and_what_is_new(campaign, given, visitor, watch):
    for minutes in (9, 10, 11):
        given.order(campaign, given.person(), at=watch.now - timedelta(minutes=minutes))
    given.order(campaign, given.person(), state="held", at=watch.now)
    story(campaign, given.person())
    seen = post(campaign, given.person(member=True), "One")
    post(campaign, given.person(member=True), "Two")
    held = row(Entry, post(campaign, given.person(member=True), "Three"))
    held.state, held.held = "waiting", "first"
    db.session.commit()
    host = visitor(given.person(role="moderator"))
    answer = host.get(f"/team/lamp/today/pulse?seen={seen}", headers={"HX-Request": "true"})
    text = text_of(answer)
    assert "<html" not in text and "Orders, last 10 min</dt><dd>1</dd>" in text, "one at exactly ten minutes is over"
    assert "Left of 10</dt><dd>6</dd>" in text and "On hold</dt><dd>1</dd>" in text and "1 new in the thread" in text
    assert "Waiting</a></dt><dd>2</dd>" in text, "a story and a post: all that the queue holds"
    assert "Time is not kept" in text
    assert f"seen={seen}" in text, "it asks on from the same entry"
    assert "<html" in text_of(host.get("/team/lamp/today/pulse"))


def test_time_is_kept_while_all_parts_beat_and_nothing_is_late(campaign, given, visitor, watch, app):
    from launchpad.services import health

    host = visitor(given.person(role="moderator"))
    for part in health.BEATING:
        health.beat(part)
    assert "Preview has opened and its letters wait" in text_of(host.get("/team/lamp/today"))
    with writing() as session:
        for milestone in session.get(Campaign, campaign.id).milestones:
            if milestone.due <= watch.now:
                milestone.reached_at = milestone.due
    assert "Time is kept" in text_of(host.get("/team/lamp/today"))


def test_nobody_acts_who_may_not(campaign, given, visitor):
    id = post(campaign, given.person(member=True), "Words")
    member = visitor(given.person(member=True))
    for path in ("today/stop", "today/resume", f"today/entries/{id}/hide", f"moderation/entries/{id}/hide"):
        assert member.post(f"/team/lamp/{path}", {}, seen="/me").status_code == 403, path
    assert row(Entry, id).state == "shown" and db.session.scalar(select(func.count()).select_from(Audit)) == 0
