"""The launch day in every state that readers, authors and the team can meet, for the contact sheet."""

from launchpad.database import db, writing
from launchpad.models import Campaign, Person
from launchpad.services import slow_mode, thread_doors
from tests.browser.camera import Camera, fill_and_press, opened, press
from tests.browser.day import Day
from tests.browser.world import World

HERE, ROOM = "/evening", "/team/evening"


def day(camera: Camera, world: World) -> None:
    camera.chapter = "12-day"
    shown = Day(world)
    thread(camera, shown)
    desk(camera, shown)
    with writing() as session:
        here, owner = session.get_one(Campaign, shown.ids["evening"]), session.get_one(Person, world.owner)
        slow_mode.set_to(here, owner, 30)
    db.session.rollback()
    camera.shoot("thread-slow", f"{HERE}/thread", world.members[8], fill_and_press("Post", text="One more before midnight."))
    camera.shoot("thread-slow-refused", f"{HERE}/thread", world.members[8], fill_and_press("Post", text="And one."))
    with writing() as session:
        here, owner = session.get_one(Campaign, shown.ids["evening"]), session.get_one(Person, world.owner)
        thread_doors.close(here, owner, "We sleep now. The thread opens again at nine.")
    db.session.rollback()
    camera.shoot("thread-closed", f"{HERE}/thread", world.members[8])
    camera.shoot("today-closed", f"{ROOM}/today", world.owner, opened)


def thread(camera: Camera, shown: Day) -> None:
    shoot, world = camera.shoot, shown.world
    reader, owner = world.members[8], world.owner
    shoot("thread", f"{HERE}/thread")
    shoot("thread-member", f"{HERE}/thread", reader, opened)
    shoot("thread-voted", f"{HERE}/thread/{shown.poll}", world.others[1])
    shoot("thread-team", f"{HERE}/thread", owner)
    shoot("thread-waits", f"{HERE}/thread", shown.waits)
    shoot("thread-silenced", f"{HERE}/thread", shown.silenced)
    shoot("thread-question", f"{HERE}/thread/{shown.asked}", reader)
    shoot("thread-answering", f"{HERE}/thread?reply_to={shown.asked}", reader)
    shoot("thread-refused", f"{HERE}/thread", reader, press("Post"))
    shoot("poll-new", f"{HERE}/thread/poll", owner)
    shoot("poll-refused", f"{HERE}/thread/poll", owner, press("Start the poll"))
    shoot("report", f"{HERE}/report/entry/{shown.said}", reader)
    shoot("appeal", f"{HERE}/appeal/1", shown.silenced)
    shoot("answered", f"{HERE}/thread/answered")
    shoot("nasty", "/nasty/thread")
    shoot("nasty-team", "/nasty/thread", owner)


def desk(camera: Camera, shown: Day) -> None:
    shoot, owner = camera.shoot, shown.world.owner
    shoot("today", f"{ROOM}/today", owner)
    shoot("today-opened", f"{ROOM}/today", owner, opened)
    shoot("moderation", f"{ROOM}/moderation", owner)
    shoot("moderation-refused", f"{ROOM}/moderation", owner, press("Take down"))
    shoot("moderation-nasty", "/team/nasty/moderation", owner)
    shoot("author", f"{ROOM}/moderation/people/{shown.silenced}", owner)
    shoot("load", f"{ROOM}/moderation/load", owner)
