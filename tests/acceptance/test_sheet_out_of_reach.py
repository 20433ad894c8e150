"""A sheet that was renamed, deleted or is not shared any more: it is told, and everything goes on when it is back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.google.credentials import account_of
from tests.acceptance.conftest import WORKFLOW, Office, loket
from tests.acceptance.officers_desk import (
    ANSWERS,
    MOMENTS,
    Request,
    desk_of,
    faults,
    people_served,  # noqa: F401 - the fixture `served`
)
from tests.acceptance.test_officers_edits import Left, compare

OUT_OF_REACH: dict[str, tuple[str, str]] = {
    "renames the tab": ("tab", "tidak ada"),
    "deletes the tab": ("tab", "tidak ada"),
    "renames a header": ('"NIK"', "tidak ada"),
    "trashes the spreadsheet": ("Sampah", "kembalikan"),
    "revokes the sharing": ("tidak dibagikan lagi", "sebagai Editor"),
    "lets Loket only read": ("", "sebagai Editor"),
}


@pytest.mark.parametrize("moment", ["at rest", "before the write"])
@pytest.mark.parametrize("what", OUT_OF_REACH)
def test_a_sheet_out_of_reach_is_told_and_everything_goes_on_when_it_is_back(
    served: Office, what: str, moment: str
) -> None:
    """Where, what, and what to do; the other service is served meanwhile; nobody is registered twice."""
    other = second_service(served)
    away, back = hinder(served, what)
    if moment == "at rest":
        away(None)
    elif not away(MOMENTS[moment]):
        pytest.skip("nothing that the Sheets API does in a batch")
    told = loket("--root", str(served.folder), "run", "--once")
    if moment == "at rest":
        assert told.returncode == 1
    else:
        told = loket("--root", str(served.folder), "run", "--once")
    assert all(word in told.stdout + told.stderr for word in OUT_OF_REACH[what]), (
        told.stdout + told.stderr
    )
    assert other.rows()["Gita Maharani"]["Status"] == "Menunggu petugas"
    faults(served)
    back()
    served.run_once()
    served.run_once()
    compare(served, Left())


def second_service(office: Office) -> Office:
    """Another sheet of the same office, with one applicant."""
    questions = [{"title": title, "type": "text", "required": True} for title in ANSWERS]
    form = requests.post(
        f"{office.url}/_sandbox/forms",
        json={"title": "Surat Keterangan Usaha", "questions": questions},
        timeout=30,
    ).json()
    text = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
    text = text.replace("prefix: SKD", "prefix: SKU").replace("Domisili", "Usaha")
    (office.folder / "workflows" / "usaha.yaml").write_text(text, encoding="utf-8")
    other = Office(office.folder, office.url, office.officer, form)
    other.applies("Gita Maharani", "6402014101930005")
    return other


def hinder(
    office: Office, what: str
) -> tuple[Callable[[tuple[str, int] | None], bool], Callable[[], object]]:
    """How the sheet gets out of reach, and how it is put right. `away` says whether it can be done at that moment."""
    desk, sheet = desk_of(office), office.form["spreadsheetId"]
    batch: list[Request] = []
    restore: list[Request] = []

    def titled(title: str) -> Request:
        properties = {"sheetId": desk.sheet_id, "title": title}
        return {"updateSheetProperties": {"properties": properties, "fields": "title"}}

    spreadsheet = office.tab.spreadsheet
    if what == "renames the tab":
        batch, restore = [titled("Arsip")], [titled(office.form["tab"])]
    elif what == "deletes the tab":
        # The copy that the officer brings back from the version history.
        copied = {"sourceSheetId": desk.sheet_id, "newSheetId": 4711, "newSheetName": "Salinan tab"}
        batch = [{"duplicateSheet": copied}, {"deleteSheet": {"sheetId": desk.sheet_id}}]
        properties = {"sheetId": 4711, "title": office.form["tab"]}
        restore = [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]
    elif what == "renames a header":
        batch = [desk.types("NIK Pemohon", desk.cells(0, "NIK"))]
        restore = [desk.types("NIK", desk.cells(0, "NIK"))]
    if batch:

        def away(at: tuple[str, int] | None) -> bool:
            if at is None:
                spreadsheet.batch_update({"requests": batch})
            else:
                faults(office, {"api": at[0], "nth": at[1], "edit": {"requests": batch}})
            return True

        return away, lambda: spreadsheet.batch_update({"requests": restore})

    def drive(method: str, path: str, **arguments: Any) -> Any:
        url = f"https://www.googleapis.com/drive/v3/files/{sheet}{path}"
        answer = office.officer._transport.request(method, url, **arguments)
        return answer.json() if answer.content else {}

    account = account_of(Path(office.folder / "credentials.json"))

    def grant(role: str) -> None:
        body = {"type": "user", "role": role, "emailAddress": account}
        drive("POST", "/permissions", json=body, params={"sendNotificationEmail": "false"})

    def revoke() -> None:
        found = drive("GET", "/permissions", params={"fields": "permissions(id,emailAddress)"})
        (mine,) = [one["id"] for one in found["permissions"] if one.get("emailAddress") == account]
        drive("DELETE", f"/permissions/{mine}")

    def now(action: Callable[[], object]) -> Callable[[tuple[str, int] | None], bool]:
        return lambda at: at is None and (action(), True)[1]

    if what == "trashes the spreadsheet":
        return now(lambda: drive("PATCH", "", json={"trashed": True})), lambda: drive(
            "PATCH", "", json={"trashed": False}
        )
    if what == "revokes the sharing":
        return now(revoke), lambda: grant("writer")
    return now(lambda: (revoke(), grant("reader"))), lambda: (revoke(), grant("writer"))
