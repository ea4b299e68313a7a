"""What a reader must know beside the numbers, in whole sentences."""

from __future__ import annotations

from collections.abc import Iterator

from partner_portal.lib.zone import local_date
from partner_portal.reports.activities import ActivityCounts
from partner_portal.reports.figures import Figures
from partner_portal.reports.labels import doubtful_statuses, stage_labels
from partner_portal.reports.mapping import ActionMapping
from partner_portal.reports.mapping_notes import unmapped_notes
from partner_portal.reports.metric import Subject
from partner_portal.reports.sources import GUIDE, READ, Ground


def notes_of(figures: Figures) -> list[str]:
    """The document's `notes`, the most far-reaching first."""
    ground = figures.ground
    if ground.tenant is None:
        return ["Nothing was read from Autotask yet: connect it, or wait for the first sync."]
    return [
        *_gaps(ground),
        *_confinement(figures),
        *_mapping(figures),
        *_activities(figures),
        *_appointments(figures),
        *_deals(figures),
    ]


def _gaps(ground: Ground) -> Iterator[str]:
    for path in READ[ground.dialect]:
        source = ground.source(path)
        reason = f": {source.problem}" if source.problem else ""
        if source.as_of is None:
            yield _sentence(
                f"{path} could not be read, so what depends on it is missing here{reason or ': not read yet'}"
            )
        elif not source.complete:
            yield _sentence(f"{path} is not up to date; its last complete state is shown{reason}")


def _confinement(figures: Figures) -> Iterator[str]:
    if figures.inquiry.frame.question.tells_totals_only:
        yield "These are the totals of the team; records and figures by owner are shown of your own only."


def _mapping(figures: Figures) -> Iterator[str]:
    if figures.mapping.is_confirmed:
        yield from unmapped_notes(figures.ground, figures.mapping)
        return
    proposed = [] if figures.ground.dialect == GUIDE else ["action types"]
    if not figures.mapping.stages.is_by_id:
        proposed.append("stages")
    if proposed:
        yield (
            f"The mapping of {' and '.join(proposed)} is proposed from their labels; "
            "it is in force until an administrator confirms it."
        )


def _activities(figures: Figures) -> Iterator[str]:
    counts = figures.activities
    if counts is None:
        return
    if merged := counts.now["merged_duplicates"]:
        yield f"Notes that echo a completed to-do count once, with the to-do: {merged} in this period."
    if counts.undated and figures.ground.dialect == GUIDE:
        yield f"Tasks without a createDateTime are in no period: {counts.undated} not counted."
    elif counts.undated:
        yield f"Notes without any date are in no period: {counts.undated} not counted."
    if figures.ground.dialect != GUIDE:
        yield from _unmapped(counts, figures.mapping.actions)


def _appointments(figures: Figures) -> Iterator[str]:
    if not figures.inquiry.tells(Subject.APPOINTMENTS):
        yield "Appointments name no company and no opportunity in Autotask, so they are not counted by these filters."


def _unmapped(counts: ActivityCounts, actions: ActionMapping) -> Iterator[str]:
    unmapped = {action: count for action, count in counts.by_action.items() if count and not actions.is_mapped(action)}
    for action, count in sorted(unmapped.items(), key=lambda item: (-item[1], item[0] is None, item[0] or 0)):
        if action is None:
            yield f"Activities without an action type: {count} in this period, counted as other."
        else:
            label = actions.labels.get(action)
            name = f'"{label}" (id {action})' if label else f"with the unknown id {action}"
            yield f"Unmapped action type {name}: {count} in this period, counted as other."


def _deals(figures: Figures) -> Iterator[str]:
    counts, ground = figures.deals, figures.ground
    if counts is None:
        return
    yield from _movement(figures)
    if undated := counts.now["undated_won_deals"]:
        yield f"Won deals without a closedDate are in no period: {undated} not counted as won."
    named, created = {entry.stage for entry in stage_labels(ground)}, counts.created_stages
    unknown = sorted(
        stage
        for stage, number in created.items()
        if number and stage is not None and stage not in named and not figures.mapping.stages.is_mapped(stage)
    )
    if unknown:
        listed = ", ".join(map(str, unknown))
        yield f"Stages that the tenant's picklist does not name count as prospects only: {listed}."
    is_certain = ground.dialect == GUIDE or figures.mapping.is_confirmed
    doubtful = [] if is_certain else doubtful_statuses(ground)
    if doubtful:
        yield (
            "Opportunity statuses count by id (1 open, 2 lost, 3 and 4 won), "
            f"though these labels say otherwise: {', '.join(doubtful)}."
        )


def _movement(figures: Figures) -> Iterator[str]:
    inquiry = figures.inquiry
    if inquiry.since is None:
        return
    if inquiry.recorded is None:
        yield "The pipeline's movement is not known: no changes of deals are recorded of this period."
    elif inquiry.recorded[0] > inquiry.frame.instants[0]:
        day = local_date(inquiry.recorded[0], inquiry.frame.zone)
        yield f"The pipeline's movement begins on {day.isoformat()}: changes of deals are recorded from then on."


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
