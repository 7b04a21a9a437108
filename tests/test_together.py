"""Many who want the same at once share one act; nobody fails by somebody else's wish, and nobody is forgotten."""

import threading

import pytest

from launchpad.together import Together
from tests.waiting import until


def crowd(call, items) -> dict:
    """Every item at once, each by a thread of its own; what came of each."""
    came, start = {}, threading.Barrier(len(items))

    def one(item) -> None:
        start.wait(30)
        try:
            came[item] = call(item)
        except Exception as fault:
            came[item] = fault

    threads = [threading.Thread(target=one, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return came


def test_everybody_gets_the_result_of_their_own_item_and_acts_are_shared():
    first, go_on, acts = threading.Event(), threading.Event(), []

    def act(items):
        acts.append(len(items))
        if len(acts) == 1:
            first.set()
            assert go_on.wait(30)
        return [item * 2 for item in items]

    together = Together(act, most=50)
    came = {}
    leader = threading.Thread(target=lambda: came.update({-1: together(-1)}))
    leader.start()
    assert first.wait(30)
    threading.Thread(target=lambda: until(lambda: len(together._waiting) == 120) and go_on.set()).start()
    came |= crowd(together, list(range(120)))
    leader.join(30)
    assert came == {item: item * 2 for item in range(-1, 120)}
    assert acts == [1, 50, 50, 20], "those who waited were taken along"


def test_one_bad_item_fails_alone():
    def act(items):
        if 3 in items:
            raise ValueError("three")
        return items

    came = crowd(Together(act), [1, 2, 3, 4, 5, 6, 7, 8])
    assert isinstance(came.pop(3), ValueError)
    assert came == {n: n for n in (1, 2, 4, 5, 6, 7, 8)}


def test_an_act_that_forgets_somebody_is_a_fault():
    with pytest.raises(ValueError):
        Together(lambda items: [])(1)


def test_whoever_comes_first_gathers_others_for_a_moment():
    acts = []

    def act(items):
        acts.append(len(items))
        return items

    came = crowd(Together(act, gather=0.5), list(range(20)))
    assert came == {item: item for item in range(20)} and len(acts) < 5
