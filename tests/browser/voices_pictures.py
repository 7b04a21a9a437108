"""What members say for the day, what is answered, what is asked in private: rows for `make screenshots`, and their pictures."""

from launchpad.database import db, writing
from launchpad.models import Entry, Person
from launchpad.services import inquiries, inquiry_answers, questions, testimonial_acts, testimonials
from tests.browser.camera import Camera, press
from tests.browser.world import World

LAMP, ROOM = "/aurora-lamp", "/team/aurora-lamp"
WORDS = (
    "I tried the prototype for a week in November. I stopped noticing when it got dark.",
    "It wakes me more kindly than my children do.",
    "The first lamp that does not want anything from me. It follows the day, and in the evening it lets go of me.",
)


def before(camera: Camera, world: World) -> None:
    """In the preview: three give their words, two of them are taken into the queue."""
    for at, words in enumerate(WORDS):
        world.each([world.members[20 + at]], lambda here, who, said=words: testimonials.send(here, who, said, who.name, True))
    camera.shoot("testimonial", f"{LAMP}/testimonial", world.members[51])
    camera.shoot("testimonial-given", f"{LAMP}/testimonial", world.members[20])
    camera.shoot("testimonial-error", f"{LAMP}/testimonial", world.members[51], press("Give it to the team"))
    with writing() as session:
        here, owner = world.campaign(), session.get_one(Person, world.owner)
        for row in testimonials.waiting(here)[:2]:
            testimonial_acts.approve(here, owner, row)
        testimonial_acts.spread(here, owner, 90, 200)
    camera.shoot("room-testimonials", f"{ROOM}/testimonials", world.owner)


def on_the_day(camera: Camera, world: World) -> None:
    """At the launch: an answer is marked, two ask in private, one of them is answered and published."""
    asker, other = world.members[5], world.members[7]
    with writing() as session:
        here, owner = world.campaign(), session.get_one(Person, world.owner)
        reply = session.query(Entry).filter(Entry.reply_to.is_not(None)).first()
        questions.accept(here, owner, reply)
        one = inquiries.ask(here, session.get_one(Person, asker), "order", "Can my order go to my office instead?")
        inquiry_answers.answer(here, owner, one, "It can, until it is packed. Write us the address here.")
        inquiry_answers.publish(here, owner, one, "Can an order go to another address?", "Yes, until it is packed.")
        two = inquiries.ask(here, session.get_one(Person, other), "checkout", "The bank asked me twice. Did I pay twice?")
        ids = one.id, two.id
    db.session.rollback()
    camera.shoot("answered", f"{LAMP}/thread/answered")
    camera.shoot("answered-none", f"{LAMP}/thread/answered?q=zebra")
    camera.shoot("help-stranger", f"{LAMP}/help")
    camera.shoot("help", f"{LAMP}/help", asker)
    camera.shoot("help-error", f"{LAMP}/help", asker, press("Ask"))
    camera.shoot("help-one", f"{LAMP}/help/{ids[0]}", asker)
    camera.shoot("room-help", f"{ROOM}/help", world.owner)
    camera.shoot("room-help-one", f"{ROOM}/help/{ids[1]}", world.owner)
