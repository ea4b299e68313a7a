"""How much activity goes into an appointment or a won deal."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.web.view.figures import Figure, Figures

RATIOS = (
    ("activities_per_won", "Activities per won deal", "activities", "won"),
    ("calls_per_won", "Calls per won deal", "calls", "won"),
    ("appointments_per_won", "Appointments per won deal", "appointments", "won"),
    ("calls_per_appointment", "Calls per appointment", "calls", "appointments"),
)
"""The ratios as the document names them, as people do, and what the two counts of each are called."""


@dataclass(frozen=True)
class Ratio:
    """One ratio with both of its counts and what these are of; `reason` says why its value is not known."""

    key: str
    title: str
    value: Figure
    of: Figure
    of_what: str
    per: Figure
    per_what: str
    reason: str


def ratios(figures: Figures) -> tuple[Ratio, ...]:
    """The ratios of `figures`' document."""
    return tuple(_ratio(figures, *ratio) for ratio in RATIOS)


def _ratio(figures: Figures, key: str, title: str, of_what: str, per_what: str) -> Ratio:
    place = f"ratios.{key}"
    of, per = figures.count(f"{place}.of"), figures.count(f"{place}.per")
    reason = ""
    if not (of.is_known and per.is_known):
        reason = "One of the two was not read."
    elif per.raw == "0":
        reason = "Nothing to divide by in this range."
    return Ratio(key, title, figures.ratio(f"{place}.value"), of, of_what, per, per_what, reason)
