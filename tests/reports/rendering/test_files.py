from __future__ import annotations

import pytest

from partner_portal.reports.rendering.files import RECORDS_FORMATS, REPORT_FORMATS, records_file, report_file
from reports.rendering.documents import records, report

BEGINNINGS = {"csv": b"\xef\xbb\xbfSales report", "xlsx": b"PK\x03\x04", "pdf": b"%PDF-"}


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_a_report_is_written_in_each_format(name):
    file = report_file(report(), name)
    assert file.name == f"sales-report_acme_2026-11-01_2026-11-30_v41.{name}"
    assert file.media_type == REPORT_FORMATS[name]
    assert file.content.startswith(BEGINNINGS[name])


@pytest.mark.parametrize("name", RECORDS_FORMATS)
def test_records_are_written_in_each_of_theirs(name):
    assert records_file(records(), name).name == f"records_won_amount_acme_2026-11-01_2026-11-30_v41.{name}"


def test_a_name_is_never_a_path_or_a_header():
    doc = report()
    doc["organization"]["slug"] = '../a"\r\nSet-Cookie: b'
    assert report_file(doc, "csv").name == "sales-report_..-a-Set-Cookie-b_2026-11-01_2026-11-30_v41.csv"
