"""The image is made of what git knows and the locks name, and ends without rights."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

from deploy.described import CONTAINERFILE, ROOT, instructions


def words_of(name: str) -> list[str]:
    return [words for each, words in instructions() if each == name]


def copied() -> list[str]:
    """What is copied out of the checkout."""
    parted = [shlex.split(words) for words in words_of("COPY") if not words.startswith("--from=")]
    return [source for *sources, _target in parted for source in sources]


def test_only_what_git_knows_is_copied() -> None:
    assert copied()
    for source in copied():
        listed = subprocess.run(["git", "ls-files", "--", source], cwd=ROOT, capture_output=True, text=True, check=True)
        assert listed.stdout, source


def test_the_builder_is_sent_what_is_copied_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert {source for source in copied() if not source.startswith("src/")} == let_in
    assert not {name for name in let_in if not (ROOT / name).exists()}


def test_packages_come_from_the_locks_with_their_hashes() -> None:
    installs = [each.strip() for words in words_of("RUN") for each in words.split("&&") if "pip install" in each]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes -r requirements" in install or "--no-deps --no-index /wheels/" in install


def test_no_host_is_named() -> None:
    assert "://" not in re.sub(r"http://127\.0\.0\.1:\d+", "", CONTAINERFILE.read_text("utf-8"))
    for words in words_of("FROM"):
        assert "." not in words.split()[0].partition(":")[0]
        assert "/" not in words.split()[0]


def test_it_ends_as_an_account_without_rights_that_owns_the_data_directory() -> None:
    last = [name for name, _ in instructions()][::-1].index("FROM")
    final = instructions()[-last:]
    assert ("USER", "10001:10001") in final
    assert ("VOLUME", "/data") in final
    assert not [words for name, words in final[final.index(("USER", "10001:10001")) :] if name == "RUN"]


def test_what_it_starts_exists() -> None:
    from typer.main import get_command

    from partner_portal.cli.main import app

    [entry], [command] = words_of("ENTRYPOINT"), words_of("CMD")
    assert json.loads(entry) == ["portal"]
    name, *options = json.loads(command)
    known = get_command(app).commands[name]
    assert {option for option in options if option.startswith("--")} <= {
        option for parameter in known.params for option in parameter.opts
    }
    port = options[options.index("--port") + 1]
    assert words_of("EXPOSE") == [port]
    assert f"http://127.0.0.1:{port}/readyz" in words_of("HEALTHCHECK")[0]
