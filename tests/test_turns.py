"""A few at a time: never more than there is room for, in the order in which they came, and nobody is left waiting."""

import threading

from launchpad.turns import Turns
from tests.waiting import until


def test_never_more_at_once_than_there_is_room_for_and_everybody_has_their_turn():
    turns, lock, inside, most, came = Turns(3, 20), threading.Lock(), 0, 0, []
    start = threading.Barrier(30)

    def work(number):
        nonlocal inside, most
        start.wait(30)
        turn = turns.take("oak")
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.005)
        with lock:
            inside -= 1
            came.append(number)
        turn.end()
        turn.end()  # once is enough

    threads = [threading.Thread(target=work, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(came) == list(range(30)) and most == 3
    assert turns._rooms == {}, "what nobody wants any more is forgotten"


def waiting(turns: Turns, many: int) -> bool:
    """Whether so many came to wait for their turn at oak."""
    return until(lambda: len(turns._rooms["oak"].waiting) == many, pause=0.005)


def test_they_go_in_as_they_came():
    turns, went, threads = Turns(1, 20), [], []
    first = turns.take("oak")

    def work(number):
        turn = turns.take("oak")
        went.append(number)
        turn.end()

    for number in range(5):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        assert waiting(turns, number + 1)
    first.end()
    for thread in threads:
        thread.join(20)
    assert went == list(range(5))


def test_who_is_more_work_leaves_less_room_until_the_end():
    turns = Turns(3, 20)
    heavy = turns.take("oak")
    heavy.weigh(3)
    waited, second = threading.Event(), []

    def next_one():
        second.append(turns.take("oak"))
        waited.set()

    thread = threading.Thread(target=next_one)
    thread.start()
    assert waiting(turns, 1) and not waited.is_set(), "there was no room"
    assert turns.take("ash") is not None, "another thing has a room of its own"
    heavy.end()
    assert waited.wait(30)
    second[0].end()
    thread.join(30)


def test_who_has_waited_too_long_goes_in_all_the_same_and_is_counted():
    turns = Turns(1, 0.02)
    first = turns.take("oak")
    second = turns.take("oak")
    assert turns._rooms["oak"].inside == 2
    first.end()
    third = threading.Event()
    threading.Thread(target=lambda: (turns.take("oak").end(), third.set())).start()
    assert third.wait(30)
    second.end()
    assert turns._rooms == {}
