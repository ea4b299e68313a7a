"""What `/metrics` answers: the measures of this process, or of all web processes that one `portal serve` started.

Several web processes share a port, so that a scrape reaches any of them: there the counts are kept in files of a folder
(PROMETHEUS_MULTIPROC_DIR, which `portal serve` makes) that whichever is asked adds up.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from partner_portal.usecases.health import readings
from partner_portal.usecases.parts import Parts

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Readings(Collector):
    """What is read for this answer."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        return readings(self._parts)


def exposition(parts: Parts) -> bytes:
    """All measures in the Prometheus format."""
    read = CollectorRegistry(auto_describe=False)
    read.register(_Readings(parts))
    return generate_latest(_counted()) + generate_latest(read)


def _counted() -> CollectorRegistry:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return REGISTRY
    _forget_the_dead(Path(folder))
    counted = CollectorRegistry()
    MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return counted


def _forget_the_dead(folder: Path) -> None:
    """Drop what processes that were killed said of their present; what they counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
