"""A mapping as a value."""

from __future__ import annotations

from partner_portal.reports.mapping import (
    GUIDE_ACTIONS,
    LIVE_OUTCOMES,
    ActionMapping,
    ActionMeaning,
    Direction,
    Kind,
    StageMapping,
    TenantMapping,
)


def test_only_calls_have_a_direction():
    actions = ActionMapping({20: ActionMeaning(Kind.CALL, Direction.INBOUND), 22: ActionMeaning(Kind.EMAIL)})
    assert actions.direction(20, "outbound") is Direction.INBOUND
    assert actions.direction(22, "outbound") is None
    assert actions.direction(None, "outbound") is None


def test_a_call_without_a_mapped_direction_asks_its_own_row():
    assert GUIDE_ACTIONS.direction(4, "outbound") is Direction.OUTBOUND
    assert GUIDE_ACTIONS.direction(4, None) is Direction.UNSPECIFIED


def test_a_mapping_that_says_no_more_counts_everybody_and_the_vendors_statuses():
    plain = TenantMapping(GUIDE_ACTIONS, StageMapping({}, frozenset()))
    assert plain.outcomes == LIVE_OUTCOMES
    assert not plain.excluded_companies | plain.excluded_resources | plain.neutral_statuses
    assert (plain.version, plain.is_confirmed, plain.emails_are_conversations) == (0, False, False)
