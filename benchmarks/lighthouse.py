"""Lighthouse over the demo, as it is served: the scores of the main pages, and the script of the first screen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import requests
from tools.browser import installed
from tools.frontend import installed_node, packaged_node

from benchmarks.rivals import TOOLS, NotInstalled

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from journeys.demo import EMAIL, PASSWORD, running_demo  # noqa: E402 - found by the line above

PACKAGE = "lighthouse@13.5.0"
LOWEST_NODE = (22, 19)
PAGES = {"Sales report": "/", "Pipeline": "/pipeline/", "Records": "/records/calls/"}
PRESETS = {"desktop": ["--preset=desktop"], "mobile": ["--form-factor=mobile"]}
CATEGORIES = ("performance", "accessibility", "best-practices")
RUNS = 3
MOST_SCRIPT_BYTES = 250_000
PATIENCE_SECONDS = 180
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Visit:
    """What one run said: scores in percent by category, failed audits by title, compressed bytes of script."""

    scores: dict[str, float]
    failed: tuple[str, ...]
    script_bytes: int


def run() -> None:
    """Scores of Sales report, Pipeline and Records, for a desk and for a telephone; the median of three runs each."""
    try:
        command, environment = lighthouse()
    except NotInstalled as reason:
        print(f"  Lighthouse cannot be had here: {reason}")
        return
    with demo() as address:
        cookies = log_in(address)
        for preset, options in PRESETS.items():
            for name, path in PAGES.items():
                url = address + path
                visits = [look([*command, url, *options], environment, cookies) for _ in range(RUNS)]
                print_visits(f"{name}, {preset}", visits)


def lighthouse() -> tuple[list[str], dict[str, str]]:
    """Lighthouse as a command, and its environment; installed on first use. Raises `NotInstalled`."""
    browser = installed()
    if browser is None:
        raise NotInstalled("there is no Chromium; PORTAL_TEST_BROWSER names one")
    environment = {**os.environ, "CHROME_PATH": browser}
    npm = installed_node(LOWEST_NODE)
    if npm is None:
        npm, folder = packaged_node()
        environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    home = TOOLS / "bench-lighthouse"
    script = home / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not script.exists():
        home.mkdir(parents=True, exist_ok=True)
        install = [*npm, "install", "--prefix", str(home), "--no-audit", "--no-fund", "--loglevel=error", PACKAGE]
        done = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotInstalled((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return ["node", str(script)], environment


@contextmanager
def demo() -> Iterator[str]:
    """The demo with its usual data; its address."""
    with tempfile.TemporaryDirectory() as data, running_demo(Path(data)) as address:
        yield address


def log_in(address: str) -> str:
    """The cookies of the demo's own person, as a header carries them."""
    with requests.Session() as session:
        entrance = f"{address}/accounts/login/"
        token = TOKEN.search(session.get(entrance, timeout=30).text)
        if token is None:
            raise RuntimeError("the login page has no form")
        form = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        session.post(entrance, data=form, headers={"Referer": entrance}, timeout=30)
        return "; ".join(f"{name}={value}" for name, value in session.cookies.items())


def look(command: Sequence[str], environment: dict[str, str], cookies: str) -> Visit:
    """One run with an empty browser."""
    options = [
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps({'Cookie': cookies})}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]
    done = subprocess.run(
        [*command, *options], env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return visit_of(json.loads(done.stdout))


def visit_of(report: dict[str, Any]) -> Visit:
    """What a report of Lighthouse says."""
    scores = {name: (report["categories"][name]["score"] or 0.0) * 100 for name in CATEGORIES}
    references = [each for name in CATEGORIES[1:] for each in report["categories"][name]["auditRefs"]]
    whole = [each["id"] for each in references if each["weight"]]
    failed = sorted(
        {report["audits"][each]["title"] for each in whole if report["audits"][each].get("score") not in (None, 1)}
    )
    requested = report["audits"]["network-requests"]["details"]["items"]
    scripts = sum(item["transferSize"] for item in requested if item.get("resourceType") == "Script")
    return Visit(scores, tuple(failed), scripts)


def print_visits(name: str, visits: Sequence[Visit]) -> None:
    """One line: the medians; then what kept a score from being whole."""
    middle = {category: median(visit.scores[category] for visit in visits) for category in CATEGORIES}
    scores = "  ".join(f"{category} {score:3.0f}" for category, score in middle.items())
    size = max(visit.script_bytes for visit in visits)
    verdict = "within" if size <= MOST_SCRIPT_BYTES else "over"
    print(f"  {name:<24}{scores}   script {size / 1000:.0f} kB ({verdict} {MOST_SCRIPT_BYTES / 1000:.0f})", flush=True)
    for title in sorted({title for visit in visits for title in visit.failed}):
        print(f"    failed: {title}")
