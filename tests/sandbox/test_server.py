"""The sandbox over a real socket, in a thread and as a process."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import urllib.request

import pytest

from partner_portal.sandbox.app import build
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.login import USERNAME
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World
from sandbox.calling import GOOD

PROGRAM = """
import sys
from partner_portal.sandbox.server import serve
from partner_portal.sandbox.world import World
serve(World.empty(), port=0, ready=lambda address: print(address, file=sys.stderr, flush=True))
"""


def post(url: str, body: dict) -> dict:
    request = urllib.request.Request(url, json.dumps(body).encode(), GOOD)
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)


def test_over_a_socket_the_zone_leads_to_pages_and_their_links(made_world):
    with running(made_world) as address:
        with urllib.request.urlopen(
            f"{address}/atservicesrest/v1.0/ZoneInformation?user={USERNAME}", timeout=5
        ) as reply:
            zone = json.load(reply)
        assert zone["url"] == f"{address}/ATServicesRest/"
        query = {"filter": [], "MaxRecords": 25}
        url, ids = f"{zone['url']}V1.0/Appointments/query", []
        while url:
            page = post(url, query)
            ids += [row["id"] for row in page["items"]]
            url = page["pageDetails"]["nextPageUrl"]
    assert ids == made_world.table("Appointments").ids()


def test_over_a_socket_connections_are_cut_and_lost():
    app = build(World.empty())
    app.state.faults.add(Fault(kind="cut"))
    app.state.faults.add(Fault(kind="reset"))
    with running(app) as address:
        url = f"{address}/ATServicesRest/V1.0/ActionTypes/query"
        with pytest.raises(http.client.IncompleteRead):
            post(url, {"filter": []})
        with pytest.raises(http.client.RemoteDisconnected):
            post(url, {"filter": []})
        assert post(url, {"filter": []})["pageDetails"]["count"] == 11


def test_a_taken_port_is_told():
    with running(World.empty()) as address:
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="address already in use"), running(World.empty(), port=port):
            pass


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_process_is_silent_on_stdout_and_ends_when_told(number):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    address = process.stderr.readline().strip()
    assert post(f"{address}/ATServicesRest/V1.0/ActionTypes/query", {"filter": []})["pageDetails"]["count"] == 11
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, "")
