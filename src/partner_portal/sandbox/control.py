"""The control plane under /_sandbox/: reset, change data, faults, switches, counters. No part of the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request

from partner_portal.sandbox.answers import Answer, json_answer
from partner_portal.sandbox.changes import churn
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.state import State
from partner_portal.sandbox.world import regenerate

Body = Any
"""The decoded JSON of a request: an object, or a list of them where several can be given."""

PREFIX = "_sandbox"


class ControlPlane:
    """Turns the knobs of a running sandbox. Nothing here is counted, gated or slowed down."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._acts: dict[tuple[str, str], Callable[[list[str], Body], Any]] = {
            ("GET", "counters"): self._counters,
            ("DELETE", "counters"): self._forget,
            ("GET", "faults"): self._waiting_faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "options"): self._options,
            ("PATCH", "options"): self._set_options,
            ("GET", "rows"): self._rows,
            ("POST", "rows"): self._insert,
            ("PATCH", "rows"): self._update,
            ("DELETE", "rows"): self._delete,
            ("POST", "deals"): self._close_deal,
            ("POST", "churn"): self._churn,
            ("POST", "advance"): self._advance,
            ("POST", "hour"): self._hour,
        }

    async def answer(self, request: Request) -> Answer:
        """Answer one request: 404 for an unknown knob or row, 400 with the reason for a wrong value."""
        steps = [step for step in request.url.path.split("/") if step][1:]
        try:
            body = msgspec.json.decode(await request.body() or b"{}")
            if steps == ["reset"] and request.method == "POST":
                return json_answer(await self._reset(body))
            act = self._acts[request.method, steps[0] if steps else ""]
            return json_answer(act(steps[1:], body))
        except KeyError as e:
            return json_answer({"error": f"nothing here called {e}"}, 404)
        except (ValueError, TypeError, IndexError) as e:  # msgspec's errors are ValueErrors
            return json_answer({"error": str(e)}, 400)

    async def _reset(self, body: Body) -> Any:
        """A new world by the old recipe, changed by what `body` says of it; counters, faults, locks start anew."""
        old = self._state.world
        self._state.world = await asyncio.to_thread(regenerate, old, body)
        self._state.forget()
        old.close()
        return {"rows": {entity: len(self._state.world.table(entity)) for entity in self._state.world.entities}}

    def _counters(self, _steps: list[str], _body: Body) -> Any:
        return self._state.summary()

    def _forget(self, _steps: list[str], _body: Body) -> Any:
        self._state.forget()
        return self._state.summary()

    def _waiting_faults(self, _steps: list[str], _body: Body) -> Any:
        return self._state.faults.waiting

    def _add_faults(self, _steps: list[str], body: Body) -> Any:
        for fault in msgspec.convert(body if isinstance(body, list) else [body], list[Fault]):
            self._state.faults.add(fault)
        return self._state.faults.waiting

    def _clear_faults(self, _steps: list[str], _body: Body) -> Any:
        self._state.faults.clear()
        return []

    def _options(self, _steps: list[str], _body: Body) -> Any:
        return self._state.options

    def _set_options(self, _steps: list[str], body: Body) -> Any:
        """Set the switches that `body` names. The object stays the same: gate and meter read it."""
        wanted = msgspec.convert({**msgspec.to_builtins(self._state.options), **body}, Options)
        for name in Options.__struct_fields__:
            setattr(self._state.options, name, getattr(wanted, name))
        return self._state.options

    def _rows(self, steps: list[str], _body: Body) -> Any:
        if len(steps) > 1:
            return self._state.world.row(steps[0], int(steps[1]))
        if steps:
            return self._state.world.rows(steps[0])
        return {entity: len(self._state.world.table(entity)) for entity in self._state.world.entities}

    def _insert(self, steps: list[str], body: Body) -> Any:
        rows = body if isinstance(body, list) else [body]
        return {"ids": [self._state.world.insert(steps[0], row) for row in rows]}

    def _update(self, steps: list[str], body: Body) -> Any:
        self._state.world.update(steps[0], int(steps[1]), **body)
        return self._state.world.row(steps[0], int(steps[1]))

    def _delete(self, steps: list[str], _body: Body) -> Any:
        self._state.world.delete(steps[0], int(steps[1]))
        return {}

    def _close_deal(self, steps: list[str], _body: Body) -> Any:
        """/deals/{id}/win or /deals/{id}/lose."""
        if steps[1] not in ("win", "lose"):
            raise KeyError(steps[1])
        self._state.world.close_deal(int(steps[0]), won=steps[1] == "win")
        return self._state.world.row("Opportunities", int(steps[0]))

    def _churn(self, _steps: list[str], body: Body) -> Any:
        return churn(self._state.world, int(body["rows"]))

    def _advance(self, _steps: list[str], body: Body) -> Any:
        self._state.world.clock.advance(float(body["seconds"]))
        return {"now": self._state.world.clock.now().isoformat()}

    def _hour(self, _steps: list[str], body: Body) -> Any:
        self._state.hour.set_used(int(body["used"]))
        return {"used": self._state.hour.used}
