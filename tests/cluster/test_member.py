"""Who lives: told by a lock that ends with its process, and believed after a while."""

from __future__ import annotations

import pytest

from cluster.conftest import PATIENCE_SECONDS, Ups
from partner_portal.cluster import member as member_module
from partner_portal.cluster.member import Member, own_name
from partner_portal.cluster.membership import Alone


@pytest.fixture
def new_member(new_line):
    def make() -> tuple[Member, Ups]:
        line = new_line()
        member = Member(own_name(), line)
        ups = Ups(line)
        member.join()
        assert ups.up.acquire(timeout=PATIENCE_SECONDS)
        return member, ups

    return make


def test_a_member_lives_until_it_leaves(new_member):
    (one, _), (other, _) = new_member(), new_member()
    assert one.lives(other.name)
    assert other.lives(one.name)
    other.leave()
    assert not one.lives(other.name)
    assert not one.lives("nobody ever")


def test_who_was_there_is_gone_after_a_while_and_not_at_once(new_member, monkeypatch):
    (one, _), (other, _) = new_member(), new_member()
    other.leave()
    assert one.gone([one.name, other.name]) == set()
    monkeypatch.setattr(member_module, "GRACE_SECONDS", 0.0)
    assert one.gone([one.name, other.name]) == {other.name}


def test_a_member_that_comes_back_in_time_was_never_gone(new_member, break_lines, monkeypatch):
    (one, of_one), (other, of_other) = new_member(), new_member()
    break_lines()
    assert of_other.up.acquire(timeout=PATIENCE_SECONDS)
    assert of_one.up.acquire(timeout=PATIENCE_SECONDS)
    monkeypatch.setattr(member_module, "GRACE_SECONDS", 0.0)
    assert one.gone([other.name]) == set()
    assert one.lives(other.name)


def test_what_was_missed_before_the_line_broke_is_not_held_against_anybody(new_member):
    member, _ = new_member()
    member.gone(["somebody"])
    assert member._missed
    member.line_is_down()
    assert not member._missed


def test_whoever_has_no_line_leaves_off_before_the_others_take_over():
    assert member_module.LEAVE_OFF_SECONDS + 5 < member_module.GRACE_SECONDS


def test_a_member_without_a_line_is_lost(new_line):
    line = new_line()
    member = Member(own_name(), line)
    assert member.is_lost
    member.join()
    assert not member.is_lost


def test_no_name_is_given_twice():
    assert own_name() != own_name()


def test_alone_everybody_else_is_gone():
    alone = Alone()
    alone.join()
    assert alone.gone([alone.name, "host:1"]) == {"host:1"}
    assert not alone.lives("host:1")
    assert not alone.is_lost
    alone.leave()
