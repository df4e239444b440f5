"""The network of a plan: order, circles, what is refused, what a change keeps."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.planning.network import CycleFound, Link, LinkKind, Network, Task, UnknownTask


def chain(*keys):
    return [Link(before, after) for before, after in itertools.pairwise(keys)]


def named(keys):
    return [Task(key) for key in keys]


def test_order_follows_the_links_and_inside_the_order_given():
    network = Network.of(named("CBAD"), [Link("A", "B"), Link("B", "D")])
    assert network.order == ("C", "A", "B", "D")


@given(st.permutations("ABCDEF"), st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_order_puts_every_task_after_those_it_waits_for(keys, pairs):
    links = [Link("ABCDEF"[i], "ABCDEF"[j]) for i, j in pairs if i < j]
    network = Network.of(named(keys), links)
    assert sorted(network.order) == sorted(keys)
    assert all(network.order.index(link.before) < network.order.index(link.after) for link in links)


@pytest.mark.parametrize("kind", LinkKind)
def test_circle_is_named_in_the_order_of_waiting(kind):
    links = [*chain("A", "B", "C"), Link("C", "A", kind), Link("C", "D")]
    with pytest.raises(CycleFound) as found:
        Network.of(named("DABC"), links)
    keys = found.value.keys
    assert keys[0] == keys[-1]
    assert set(keys) == {"A", "B", "C"}
    assert set(itertools.pairwise(keys)) == {("A", "B"), ("B", "C"), ("C", "A")}


def test_task_that_waits_for_itself_is_a_circle():
    with pytest.raises(CycleFound) as found:
        Network.of(named("A"), [Link("A", "A")])
    assert found.value.keys == ("A", "A")


def test_soft_link_must_not_close_a_circle_either():
    with pytest.raises(CycleFound):
        Network.of(named("AB"), [Link("A", "B"), Link("B", "A", is_hard=False)])


def test_circle_through_a_skipped_task_is_none():
    network = Network.of([Task("A"), Task("B", is_skipped=True)], [Link("A", "B"), Link("B", "A")])
    assert network.before == {"A": (), "B": ()}


def test_same_pair_may_be_linked_twice():
    network = Network.of(named("AB"), [Link("A", "B"), Link("A", "B", LinkKind.SS, 3)])
    assert network.order == ("A", "B")


def test_key_twice_unknown_keys_and_negative_days_are_refused():
    with pytest.raises(ValueError, match="twice"):
        Network.of(named("AA"))
    with pytest.raises(UnknownTask):
        Network.of(named("A"), [Link("A", "B")])
    with pytest.raises(UnknownTask):
        Network.of(named("A")).with_tasks(Task("B"))
    with pytest.raises(UnknownTask):
        Network.of(named("A")).way_to("B")
    for days in ({"duration_wd": -1}, {"used_wd": -1}):
        with pytest.raises(ValueError, match="negative"):
            Task("A", **days)


@pytest.mark.parametrize("changed", [Task("B", 7), Task("B", is_skipped=True)])
def test_change_of_a_task_gives_the_network_built_anew(changed):
    rows, links = named("ABC"), chain("A", "B", "C")
    network = Network.of(rows, links)
    after, anew = network.with_tasks(changed), Network.of([rows[0], changed, rows[2]], links)
    for name in ("tasks", "links", "order", "before", "after"):
        assert getattr(after, name) == getattr(anew, name)
    assert network.tasks["B"] == Task("B"), "the network it was made of stays"
    assert list(after) == list(anew)


def test_skipped_task_is_needed_again():
    network = Network.of([Task("A"), Task("B", is_skipped=True)], chain("A", "B"))
    assert network.with_tasks(Task("B")).before["B"] == (Link("A", "B"),)


def test_other_links_sort_anew():
    network = Network.of(named("AB"), [Link("A", "B")]).with_links([Link("B", "A")])
    assert network.order == ("B", "A")


def test_the_way_to_a_goal_goes_over_hard_links_and_stops_at_what_is_skipped_or_done():
    rows = [*named("ABCDE"), Task("X", is_skipped=True)]
    links = [Link("A", "B"), Link("B", "C"), Link("D", "C", is_hard=False), Link("C", "E"), Link("X", "C")]
    network = Network.of(rows, links)
    assert network.way_to("C") == ("A", "B", "C")
    assert network.way_to("C", with_soft=True) == ("A", "D", "B", "C")
    assert network.with_tasks(Task("B", is_finished=True)).way_to("C") == ("C",)
    assert network.with_tasks(Task("C", is_finished=True)).way_to("C") == ("A", "B")
