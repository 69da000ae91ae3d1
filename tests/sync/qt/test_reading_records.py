"""What the reader thread answers about records."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.commands.execute import execute
from models.commands.records import SaveRecord
from models.files.export import ExportResult
from models.files.plan import ImportPlan
from models.queries.history_pages import HistoryPage
from models.queries.linkable_mail import LinkPreview
from models.queries.record_deletion import RecordsPreview
from models.queries.record_detail import RecordDetail
from models.queries.record_list import RecordQuery
from models.queries.side_panel import Panel
from models.records.records import Deal, Kind, Labelled, Organization, Person
from models.store.list_ids import ListIds
from sync.qt.service import reading, requests
from tests.models.building import boxes, conversation_of

pytestmark = pytest.mark.usefixtures("store")


def test_every_request_about_records_is_answered(tmp_path: Path) -> None:
    box = boxes()
    addresses = (Labelled("anna@customer.test"),)
    for record in (
        Organization(name="Blue"),
        Person(name="Anna", organization_id=1, addresses=addresses),
        Deal(title="Roof", person_ids=(1,), created_at=1),
    ):
        execute(SaveRecord(record))
    box.take(box.mail("a"))
    found = reading.answer(requests.RecordListRequest(RecordQuery(Kind.PERSON, "ann")))
    assert isinstance(found, ListIds)
    assert list(found.ids) == [1]
    board = reading.answer(requests.BoardRequest())
    assert isinstance(board, tuple)
    assert len(board) == 5
    detail = reading.answer(requests.RecordRequest("deal:1"))
    assert isinstance(detail, RecordDetail)
    assert detail.title == "Roof"
    page = reading.answer(requests.HistoryRequest("deal:1"))
    assert isinstance(page, HistoryPage)
    assert len(page.entries) == 1
    preview = reading.answer(requests.RecordsPreviewRequest(("deal:1",)))
    assert isinstance(preview, RecordsPreview)
    assert preview.conversation_count == 1
    assert isinstance(reading.answer(requests.LinkPreviewRequest("deal:1")), LinkPreview)
    panel = reading.answer(requests.PanelRequest(conversation_of("a")))
    assert isinstance(panel, Panel)
    assert panel.link is not None
    assert panel.link.code == "one_open"
    path = tmp_path / "persons.csv"
    written = reading.answer(requests.ExportRequest(path, Kind.PERSON))
    assert written == ExportResult(1)
    plan = reading.answer(requests.ImportRequest(path))
    assert isinstance(plan, ImportPlan)
    assert plan.drafts[0].duplicate_key == "person:1"
