"""Mappings of a random tenant's ids, as documents `mapping/1`: the proposed one, and any that is confirmed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from partner_portal.reports.mapping import WON_RANK, TenantMapping
from partner_portal.reports.mapping_document import SCHEMA, mapping_from
from reports.view import MappingDocument
from reports.worlds import ACTIONS, COMPANIES, OWNERS, RANKS, STRANGER, UNKNOWN_ACTION, UNKNOWN_STAGE

_NOTHING_ELSE: dict[str, Any] = {
    "schema": SCHEMA,
    "stages_are_ranks": False,
    "excluded_companies": [],
    "excluded_resources": [],
    "emails_are_conversations": False,
    "stale_after_days": 30,
    "stale_days_by_stage": [],
}
PROPOSED: dict[str, MappingDocument] = {
    "live": _NOTHING_ELSE
    | {
        "action_types": [
            {"id": 1, "kind": "call", "direction": None},
            {"id": 2, "kind": "meeting", "direction": None},
            {"id": 3, "kind": "other", "direction": None},  # the vendor's own "General"
            {"id": 20, "kind": "call", "direction": "inbound"},
            {"id": 21, "kind": "call", "direction": "outbound"},
            {"id": 22, "kind": "email", "direction": None},
        ],
        "stages": [{"id": stage, "rank": rank, "won": False} for stage, rank in RANKS.items()],
        "statuses": [
            {"id": 1, "outcome": "open"},
            {"id": 2, "outcome": "lost"},
            {"id": 3, "outcome": "won"},
            {"id": 4, "outcome": "won"},
        ],
    },
    "guide": _NOTHING_ELSE
    | {
        "action_types": [
            {"id": 3, "kind": "email", "direction": None},
            {"id": 4, "kind": "call", "direction": None},
            {"id": 6, "kind": "meeting", "direction": None},
            {"id": 7, "kind": "meeting", "direction": None},
        ],
        "stages": [{"id": rank, "rank": rank, "won": rank == 5} for rank in range(6)],
        "stages_are_ranks": True,
        "statuses": [{"id": 2, "outcome": "lost"}],
    },
}
"""What is in force in `worlds` as long as nobody has confirmed a mapping, read off the labels by eye."""

_ACTION_IDS = {"live": (*ACTIONS, UNKNOWN_ACTION), "guide": tuple(range(9))}
_STAGE_IDS = {"live": (*RANKS, UNKNOWN_STAGE), "guide": tuple(range(6))}
_STATUS_IDS = range(5)
_MEANINGS = (
    *(("call", direction) for direction in (None, "outbound", "inbound", "unspecified")),
    *((kind, None) for kind in ("email", "meeting", "other")),
)
_PLACES = (*((rank, False) for rank in range(6)), (5, True))
_OUTCOMES = {"live": ("open", "lost", "won", None), "guide": ("open", "lost", None)}
_FEW_DAYS = st.sampled_from((1, 7, 30, 60, 400))
_UNMAPPED = st.none()


def documents(dialect: str) -> st.SearchStrategy[MappingDocument]:
    """Any mapping that an administrator of a tenant in `worlds` may confirm; any of its ids may stay unmapped."""
    return st.builds(
        _document,
        st.fixed_dictionaries({action: _UNMAPPED | st.sampled_from(_MEANINGS) for action in _ACTION_IDS[dialect]}),
        st.fixed_dictionaries({stage: _UNMAPPED | st.sampled_from(_PLACES) for stage in _STAGE_IDS[dialect]}),
        st.fixed_dictionaries({status: st.sampled_from(("", *_OUTCOMES[dialect])) for status in _STATUS_IDS}),
        st.fixed_dictionaries(
            {
                "excluded_companies": _some_of((*COMPANIES, STRANGER)),
                "excluded_resources": _some_of(tuple(owner for owner in OWNERS if owner is not None)),
                "emails_are_conversations": st.booleans(),
                "stale_after_days": _FEW_DAYS,
            }
        ),
        st.dictionaries(st.sampled_from(_STAGE_IDS[dialect]), _FEW_DAYS, max_size=2),
        are_ranks=st.booleans() if dialect == "guide" else st.just(False),  # the live tenant's ids are no ranks
    )


def _some_of(ids: tuple[int, ...]) -> st.SearchStrategy[list[int]]:
    return st.lists(st.sampled_from(ids), max_size=2, unique=True)


def _document(
    actions: dict[int, tuple[str, str | None] | None],
    stages: dict[int, tuple[int, bool] | None],
    statuses: dict[int, str | None],
    rest: dict[str, Any],
    days: dict[int, int],
    *,
    are_ranks: bool,
) -> MappingDocument:
    places = {stage: place for stage, place in stages.items() if place}
    if are_ranks:
        places = {stage: (stage, stage == WON_RANK) for stage in places}
    return {
        **_NOTHING_ELSE,
        "action_types": [
            {"id": action, "kind": meaning[0], "direction": meaning[1]}
            for action, meaning in actions.items()
            if meaning
        ],
        "stages": [{"id": stage, "rank": rank, "won": is_won} for stage, (rank, is_won) in places.items()],
        "stages_are_ranks": are_ranks,
        "statuses": [{"id": status, "outcome": outcome} for status, outcome in statuses.items() if outcome != ""],
        **rest,
        "stale_days_by_stage": [{"id": stage, "days": count} for stage, count in days.items()],
    }


def mappings(dialect: str) -> st.SearchStrategy[MappingDocument | None]:
    """Mappings that are confirmed, three times out of four, and None where none is."""
    return st.one_of(st.none(), *(documents(dialect) for _ in range(3)))


def confirmed(document: MappingDocument | None) -> TenantMapping | None:
    """What a report is given, where the document was confirmed."""
    return None if document is None else mapping_from(document, 1)
