"""Every row once, however the pages fall."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autotask.scripted import ScriptedTransport, connected, page_answer
from partner_portal.autotask.catalog import COMPANIES
from partner_portal.autotask.errors import HostRefused, MalformedAnswer
from partner_portal.autotask.limits import Limits

LINK = "https://webservices5.autotask.net/ATServicesRest/V1.0/Companies/query/next?paging=x"


async def read(transport, *, size: int = 500, **more) -> list[int]:
    async with connected(transport, limits=Limits(page_size=size), **more) as client:
        return [row.id async for row in client.query(COMPANIES)]


def rows(*ids: int) -> list[dict[str, int]]:
    return [{"id": number} for number in ids]


@settings(max_examples=60, deadline=None)
@given(ids=st.sets(st.integers(0, 2**40), max_size=40), size=st.integers(1, 12))
async def test_every_row_comes_once_and_in_order(ids, size) -> None:
    transport = ScriptedTransport(rows=rows(*ids))
    assert await read(transport, size=size) == sorted(ids)
    assert len(transport.asked) <= len(ids) // size + 2


@settings(max_examples=60, deadline=None)
@given(data=st.data(), ids=st.lists(st.integers(0, 60), min_size=1, max_size=30, unique=True), size=st.integers(1, 5))
async def test_rows_inserted_and_deleted_meanwhile_disturb_no_other(data, ids, size) -> None:
    transport = ScriptedTransport(rows=rows(*ids))
    steady = set(ids)

    def changing(request):
        answer = transport.read(request)
        steady.difference_update(dropped := data.draw(st.sets(st.sampled_from(ids), max_size=1)))
        transport.rows = [row for row in transport.rows if row["id"] not in dropped]
        transport.rows += rows(100 + len(transport.asked))
        return answer

    transport.script = [changing] * 3
    found = await read(transport, size=size)
    assert found == sorted(set(found))
    assert steady <= set(found)


async def test_company_zero_is_read() -> None:
    assert await read(ScriptedTransport(rows=rows(0, 1, 2))) == [0, 1, 2]


async def test_more_than_a_page_is_read_and_pages_are_never_empty() -> None:
    transport = ScriptedTransport(rows=rows(*range(0, 3002, 2)))
    async with connected(transport) as client:
        sizes = [len(page) async for page in client.pages(COMPANIES)]
        assert sizes == [500, 500, 500, 1]
        assert client.requests["Companies"] == 4
        with pytest.raises(TypeError):
            client.requests["Companies"] = 0
    assert [body["filter"][-1]["value"] for body in transport.bodies] == [0, 998, 1998, 2998]


async def test_a_full_last_page_without_a_link_is_not_believed() -> None:
    transport = ScriptedTransport(page_answer(rows(1, 2), size=2), rows=rows(1, 2, 3))
    assert await read(transport, size=2) == [1, 2, 3]


async def test_a_short_page_with_a_link_is_not_the_last() -> None:
    transport = ScriptedTransport(page_answer(rows(1), next_url=LINK), rows=rows(1, 2, 3))
    assert await read(transport) == [1, 2, 3]


async def test_a_server_with_smaller_pages_is_read_to_its_end() -> None:
    transport = ScriptedTransport(page_answer(rows(1, 2), size=2), page_answer(rows(3), size=2))
    assert await read(transport) == [1, 2, 3]


async def test_nothing_at_all_is_no_row_and_one_request() -> None:
    transport = ScriptedTransport()
    assert await read(transport) == []
    assert len(transport.asked) == 1


async def test_rows_that_come_twice_are_kept_once() -> None:
    transport = ScriptedTransport(page_answer(rows(1, 2, 2), next_url=LINK), page_answer(rows(1, 2, 3, 3)))
    assert await read(transport) == [1, 2, 3]


async def test_a_page_that_comes_twice_is_borne() -> None:
    first = page_answer(rows(1, 2), next_url=LINK)
    assert await read(ScriptedTransport(first, first, rows=rows(1, 2, 3))) == [1, 2, 3]


async def test_a_source_that_repeats_itself_is_left() -> None:
    with pytest.raises(MalformedAnswer, match="again and again"):
        await read(ScriptedTransport(*[page_answer(rows(1, 2), next_url=LINK)] * 50))


async def test_rows_out_of_order_are_not_trusted() -> None:
    with pytest.raises(MalformedAnswer, match="ascending"):
        await read(ScriptedTransport(page_answer(rows(1, 3, 2))))


async def test_a_link_to_a_foreign_host_is_refused() -> None:
    transport = ScriptedTransport(page_answer(rows(1), next_url="https://evil.example/next?paging=x"))
    with pytest.raises(HostRefused, match=r"evil\.example"):
        await read(transport)
    assert len(transport.asked) == 1


async def test_rows_read_before_a_failure_are_followed_by_the_failure() -> None:
    transport = ScriptedTransport(page_answer(rows(1, 2), size=2), page_answer(rows(4, 3)))
    async with connected(transport, limits=Limits(page_size=2)) as client:
        walk = client.pages(COMPANIES)
        assert [row.id for row in await anext(walk)] == [1, 2]
        with pytest.raises(MalformedAnswer):
            await anext(walk)


@pytest.mark.parametrize("limits", [{"page_size": 0}, {"page_size": 501}, {"per_entity": 0}, {"attempts": 0}])
def test_limits_that_make_no_sense_are_refused(limits) -> None:
    with pytest.raises(ValueError):
        Limits(**limits)
