"""One launch, told as a story, in a real browser on a phone: from a stranger's first look to a member's sign-out.

It is told twice, with script and without. Nothing is put into rows by hand but the campaign, the team and one member
more; the clock is the only thing that the test moves.
"""

import re
import tomllib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from jobs import letters as letter_jobs
from jobs import milestones as milestone_jobs
from launchpad import demo
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Idea, Letter, Option, Order, Person, Photo, Place, Story, VoteChoice
from launchpad.rules import campaign_file
from launchpad.services import ideas, plans
from tests.browser.walk import Inspector, Walker
from tests.pictures import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LAMP = "/aurora-lamp"
LINK = re.compile(r"https?://\S+")


class Launch:
    """The campaign, its clock, its letters, and the browsers of the people in it."""

    def __init__(self, browser, site, watch, script):
        self.browser, self.site, self.watch, self.script = browser, site, watch, script
        self.inspector, self._walkers = Inspector(script), []
        with writing():
            table = tomllib.loads((Path(demo.__file__).parent / "aurora-lamp.toml").read_text())
            del table["rehearsal"]
            campaign = plans.load(campaign_file.parse(table))
            self.id, self.dues = campaign.id, {m.name: m.due for m in campaign.milestones}

    def someone(self) -> Walker:
        """A browser that nobody has used before."""
        self._walkers.append(Walker(self.browser, self.site, self.inspector))
        return self._walkers[-1]

    def until(self, milestone: str, **more: float) -> None:
        """Let time pass until a moment of the timetable and a little more, and do the work that it brings."""
        self.watch.set(self.dues[milestone] + timedelta(minutes=1, **more))
        milestone_jobs.advance(self.id)

    def letter(self, kind: str, email: str) -> str:
        """The first link in somebody's newest letter of a kind, as it was sent."""
        return LINK.findall(self.letter_text(kind, email))[0]

    def letter_text(self, kind: str, email: str) -> str:
        for _ in range(20):
            if not letter_jobs.send_due():
                break
        db.session.rollback()
        mine = select(Letter).join(Person).where(Letter.kind == kind, Person.email == email).order_by(Letter.id.desc())
        letter = db.session.scalars(mine).first()
        assert letter is not None and letter.state == "sent", (kind, letter and (letter.state, letter.reason))
        return letter.text

    def row(self, query):
        db.session.rollback()
        return db.session.scalars(query).one()

    def end(self) -> None:
        for walker in self._walkers:
            walker.context.close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def launch(request, app, browser, live_site, watch):
    watch.set(watch.now - timedelta(days=3))
    launch = Launch(browser, live_site, watch, request.param)
    yield launch
    launch.end()


def test_one_launch_from_the_first_look_to_the_sign_out(launch, given):
    owner = given.person("owner@example.com", role="owner", name="Marta").email
    ana = becomes_a_member(launch)
    has_a_say(launch, ana, given)
    joana = joins_the_waitlist(launch, ana)
    buys_in_the_head_start(launch, joana)
    buys_as_a_guest(launch)
    host = signs_in(launch, owner)
    talks_on_launch_day(launch, joana, host)
    has_sales_stopped_and_resumed(launch, host)
    sends_a_story(launch, joana, host)
    reads_the_recap(launch, host)
    goes(launch, ana)
    assert launch.inspector.faults == []


def becomes_a_member(launch) -> Walker:
    ana = launch.someone()
    ana.go("/").page.locator("main a", has_text="Aurora Lamp").click()
    ana.reads("Members see it first").reads_not("Which colour should the cable be?")
    ana.press("Become a member", expecting="Be there before it is finished")
    ana.fill(email="not an address", name="Ana Sousa").press("Become a member", expecting="address")
    expect(ana.page.locator("[name=name]")).to_have_value("Ana Sousa")
    ana.fill(email="ana@example.com").page.get_by_label("Write to me about launches").check()
    ana.press("Become a member", expecting="Look in your inbox")
    ana.go(launch.letter("membership", "ana@example.com")).reads("Welcome, Ana Sousa")
    assert launch.row(select(Person).filter_by(email="ana@example.com")).member_at is None  # looking spent nothing
    ana.press("Become a member", expecting="Aurora Lamp")
    assert launch.row(select(Person).filter_by(email="ana@example.com")).member_at
    ana.reads("Ana Sousa")
    return ana


def has_a_say(launch, ana, given) -> None:
    launch.until("preview")
    bo = given.person(member=True, name="Bo Lima")
    with writing() as session:
        ideas.post(session.get_one(Campaign, launch.id), session.merge(bo), "A wall version", "For narrow desks.")
    stranger = launch.someone().go(f"{LAMP}/").reads("Preview for members")
    stranger.reads_not("Which colour should the cable be?").go(f"{LAMP}/ideas", status=403)

    ana.go(launch.letter("preview", "ana@example.com")).reads("For three winters")
    poll = ana.page.locator(".poll-card").first
    poll.get_by_text("Forest", exact=True).click()
    poll.get_by_role("button", name="Vote").click()
    ana.reads("1 person voted")
    chosen = select(Option.text).join(VoteChoice, VoteChoice.option_id == Option.id)
    assert launch.row(chosen) == "Forest"
    poll.get_by_text("Change my vote").first.click()
    poll.get_by_text("Ink", exact=True).last.click()
    poll.get_by_role("button", name="Change my vote").click()
    expect(ana.page.locator(".option-bar.mine").first).to_contain_text("Ink")
    assert launch.row(chosen) == "Ink"

    ana.go(f"{LAMP}/")
    ana.page.locator("summary", has_text="Bring an idea").click()
    ana.fill(title="A longer cable", text="Mine ends a hand before the socket.")
    ana.press("Bring it", expecting="A longer cable")
    assert launch.row(select(Idea).filter_by(title="A longer cable")).person.name == "Ana Sousa"
    wall = ana.page.locator(".idea", has_text="A wall version").get_by_role("button")
    expect(wall).to_have_attribute("aria-pressed", "false")
    wall.click()
    expect(ana.page.locator(".idea", has_text="A wall version").get_by_role("button")).to_have_attribute(
        "aria-pressed", "true"
    )


def joins_the_waitlist(launch, ana) -> Walker:
    launch.until("waitlist")
    joana = launch.someone().go(f"{LAMP}/").reads("Join the line")
    joana.fill(email="joana@example.com").press("Join the waitlist", expecting="Look in your inbox")
    first = joana.main
    again = launch.someone().go(f"{LAMP}/").fill(email="joana@example.com")
    again.press("Join the waitlist", expecting="Look in your inbox")
    assert again.main == first
    assert [len(one.page.url) for one in (again, joana)] == [len(joana.page.url)] * 2, "sealed keys of one length"
    assert launch.row(select(Place)).confirmed_at is None

    link = launch.letter("confirm", "joana@example.com")
    joana.go(f"{LAMP}/waitlist/sent").go(link).reads("Confirm your place")
    assert launch.row(select(Place)).confirmed_at is None
    joana.press("Confirm my place", expecting="Your place in line")
    expect(joana.page.locator(".place-card .number")).to_have_text("1")
    joana.reads("Doors open for you")
    assert launch.row(select(Place)).confirmed_at
    joana.page.locator("main [name=sku]").select_option("AUR-ASH")
    joana.fill(name="Joana Reis", quantity="2").press("Save", expecting="What you would like").reads("Joana Reis")
    assert (launch.row(select(Place)).sku, launch.row(select(Place)).quantity) == ("AUR-ASH", 2)
    joana.go(f"{LAMP}/").reads("you are in")

    ana.go(f"{LAMP}/").press("Join the waitlist")  # her address is proven: no second letter
    ana.reads("Your place in line")
    expect(ana.page.locator(".place-card .number")).to_have_text("2")
    return joana


def buys_in_the_head_start(launch, joana) -> None:
    launch.until("head_start_member")
    stranger = launch.someone().go(f"{LAMP}/").reads("The head start has begun")
    stranger.go(f"{LAMP}/buy")
    expect(stranger.page.locator("main .notice")).to_contain_text(re.compile("place|head start"))
    assert stranger.page.get_by_role("button", name="Set it aside and pay").count() == 0

    joana.go(f"{LAMP}/").reads("Doors are open for you").reads("Yours until")
    in_an_app = launch.someone().go(launch.letter("head_start", "joana@example.com"))
    in_an_app.reads("Early checkout").reads("it belongs to Joana Reis")
    expect(in_an_app.page.get_by_role("radio", name=re.compile("Ash"))).to_be_checked()
    in_an_app.fill(quantity="1").page.get_by_label(re.compile("Say it in the live thread")).check()
    in_an_app.press("Set it aside and pay", expecting="Set aside for you").reads("149.00")
    assert launch.row(select(Order)).state == "held"
    in_an_app.page.get_by_role("button", name=re.compile("^Pay ")).click()
    in_an_app.reads("It is yours")
    order = launch.row(select(Order))
    assert (order.state, order.head_start, order.variant.sku) == ("confirmed", True, "AUR-ASH")
    someone = launch.someone().go(launch.letter("order", "joana@example.com")).reads("It is yours").reads(order.number)
    someone.go(f"{LAMP}/orders/{order.number}?token=", status=404)
    joana.go(f"{LAMP}/orders/{order.number}").reads("It is yours")


def buys_as_a_guest(launch) -> None:
    launch.until("launch")
    guest = launch.someone().go(f"{LAMP}/").reads("Launch day")
    guest.press("Buy now", expecting="No account is needed")
    guest.fill(email="rui@example.com", name="Rui", quantity="2").press("Set it aside and pay", expecting="Pay within")
    guest.page.get_by_role("button", name=re.compile("^Pay ")).click()
    guest.reads("It is yours").reads("258.00")
    third = launch.someone().go(f"{LAMP}/buy").fill(email="rui@example.com", quantity="1")
    third.press("Set it aside and pay", expecting=re.compile("per person|at most", re.I))
    assert len(db.session.scalars(select(Order).where(Order.state == "confirmed")).all()) == 2


def signs_in(launch, email: str) -> Walker:
    host = launch.someone().go("/team/", status=200)
    host.go("/sign-in?next=/team/aurora-lamp/today").fill(email=email)
    host.press("Mail me a link", expecting="Look in your inbox")
    host.go(launch.letter("sign_in", email)).press("Sign in", expecting="Say something")
    launch.someone().go(launch.letter("sign_in", email), status=410).reads("This link no longer works")
    host.go("/team/aurora-lamp/").reads("Five numbers")
    return host


def talks_on_launch_day(launch, joana, host) -> None:
    reader = launch.someone().go(f"{LAMP}/thread").reads("Joana Reis joined with").reads("Sign in")
    joana.go(f"{LAMP}/thread").fill(text="It is **warmer** than I hoped").press("Post", within="#composer")
    expect(joana.page.locator("#feed article strong")).to_have_text("warmer")
    joana.fill(text="Nobody should read this").press("Post", within="#composer")
    expect(joana.page.locator("#feed article", has_text="Nobody should read this")).to_have_count(1)
    if launch.script:
        reader.reads("Nobody should read this")  # by itself
    else:
        reader.press("Show what is new", expecting="Nobody should read this")

    host.go(f"{LAMP}/thread")
    host.page.locator("#feed article", has_text="warmer").get_by_role("button", name="Pin").click()
    expect(host.page.locator("#pins")).to_contain_text("warmer")
    host.page.locator("#feed article", has_text="Nobody should read this").get_by_role("button", name="Hide").click()
    host.reads_not("Nobody should read this").reads("Taken down by the team")
    host.fill(text="We pack tonihgt").press("Post", within="#composer", expecting="We pack tonihgt")
    mine = host.page.locator("#feed article", has_text="We pack tonihgt")
    mine.get_by_role("link", name="Edit").click()
    host.reads("Change your words").fill(text="We pack tonight").press("Save", expecting="We pack tonight")
    if not launch.script:
        reader.go(f"{LAMP}/thread")
    reader.reads("We pack tonight").reads("edited").reads("Taken down by the team").reads_not("Nobody should read this")
    expect(reader.page.locator("#pins")).to_contain_text("warmer")
    host.go("/team/aurora-lamp/moderation").reads("Nobody should read this")
    assert launch.row(select(Entry).filter_by(text="We pack tonight")).version == 2


def has_sales_stopped_and_resumed(launch, host) -> None:
    guest = launch.someone().go(f"{LAMP}/buy").fill(email="eva@example.com")
    host.go("/team/aurora-lamp/today").fill(message="We are counting boxes. Back at nine.")
    host.press("Stop sales", expecting="Sales are stopped.")
    guest.press("Set it aside and pay", expecting="We are counting boxes. Back at nine.")
    assert guest.page.get_by_role("button", name="Set it aside and pay").count() == 0
    launch.someone().go(f"{LAMP}/").reads("We are counting boxes. Back at nine.")
    host.press("Resume sales", expecting="One tap shuts every checkout")
    guest.go(f"{LAMP}/buy").fill(email="eva@example.com").press("Set it aside and pay", expecting="Set aside for you")
    guest.press("Give it back", expecting="Cancelled")


def sends_a_story(launch, joana, host) -> None:
    joana.go(f"{LAMP}/stories").fill(text="One grey window before, and now this.")
    joana.page.locator("summary", has_text="Up to three more photos").click()
    for at, (name, shows) in enumerate((("desk", "A desk in the evening"), ("lamp", "The lamp in ash"))):
        photo = {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(1200, 800, orientation=6, gps=True)}
        joana.page.locator("[name=photo]").nth(at).set_input_files(photo)
        joana.page.locator("[name=alt]").nth(at).fill(shows)
    joana.page.locator("[name=consent][value=site]").check()
    joana.press("Send it to the team", expecting="Waiting for the team")
    story = launch.row(select(Story))
    photos = [f"{LAMP}/photos/{photo.key}-960.webp" for photo in story.photos]
    stranger = launch.someone().go(f"{LAMP}/stories").reads("No story yet")
    stranger.go(f"{LAMP}/stories/{story.id}", status=404)
    assert [stranger.page.request.get(launch.site + photo).status for photo in photos] == [404, 404]

    host.go("/team/aurora-lamp/moderation").reads("One grey window before")
    host.press("Publish", within="#queue", expecting="Nothing waits")
    shown = stranger.go(f"{LAMP}/stories").page.get_by_alt_text("The lamp in ash")
    shown.scroll_into_view_if_needed()
    expect(shown).to_be_visible()
    stranger.go(f"{LAMP}/stories/{story.id}").reads("Joana Reis").reads("Verified buyer")
    upright = stranger.page.locator(".story-photos img").first.bounding_box()
    assert upright["height"] > upright["width"]
    for address in photos:
        answer = stranger.page.request.get(launch.site + address)
        assert answer.status == 200
        picture = Image.open(BytesIO(answer.body()))
        assert picture.height > picture.width and not picture.getexif() and "xmp" not in picture.info
        assert b"neighbour" not in answer.body() and b"EXIF" not in answer.body()
        red, _, blue = picture.convert("RGB").getpixel((picture.width - 20, 20))
        assert red > 180 > 90 > blue  # the corner that the sensor saw first is on the upper right
    assert len(launch.row(select(Story)).photos) == db.session.query(Photo).count() == 2


def reads_the_recap(launch, host) -> None:
    launch.someone().go(f"{LAMP}/recap", status=403).reads("still being lived")
    launch.until("recap")
    reader = launch.someone().go(f"{LAMP}/").reads("made Aurora Lamp with us")
    reader.go(f"{LAMP}/recap")
    stats = reader.page.locator(".stats").first
    said = {"confirmed places": "2", "people who voted": "1", "sold, in 2 orders": "3", "revenue": "€407.00", "stories": "1"}
    for what, number in said.items():
        expect(stats).to_contain_text(re.compile(rf"{what}[^0-9€]*{re.escape(number)}"))
    reader.reads("Ink").reads("One grey window before").reads("Thank you")
    reader.go("/community")
    host.go("/team/aurora-lamp/recap").fill(words="You chose the **ink** cable.").press("Keep the words")
    reader.go(f"{LAMP}/recap").reads_not("You chose the")
    host.press("Publish", expecting="Published")
    milestone_jobs.write_recaps()
    reader.go(launch.letter("recap", "ana@example.com")).reads("You chose the ink cable.")


def goes(launch, ana) -> None:
    text = launch.letter_text("doors_open", "ana@example.com")
    link = next(link for link in LINK.findall(text) if "/unsubscribe/" in link)
    anyone = launch.someone().go(link).reads("Stop letters about launches?")
    anyone.press("Stop these letters", expecting="No more letters about launches")
    ana.go("/me").reads("You get no letters about launches.")
    ana.go(f"{LAMP}/place")
    ana.page.locator("summary", has_text="Leave the waitlist").click()
    ana.page.get_by_role("button", name="Leave the waitlist").click()
    ana.reads("You left the waitlist")
    place = select(Place).where(Place.person.has(email="ana@example.com"))
    assert launch.row(place).left_at
    ana.go(f"{LAMP}/place").reads("You left the waitlist")
    ana.go("/me").reads("left").press("Sign out", expecting="Sign in")
    ana.go("/me")
    assert "/sign-in" in ana.page.url
