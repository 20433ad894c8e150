"""What `dashboard` of settings.yaml may say, each mistake with its line."""

from sync.core.dates import read_time
from sync.core.emails import read_email
from sync.core.refused import Refused
from sync.core.workflow.check import Report
from sync.core.yaml_text import Node


def check_dashboard(root: Node, report: Report) -> None:
    section = root.get("dashboard")
    if section is None:
        return
    people, at, to = (section.get(key) for key in ("people", "reminder_at", "reminder_to"))
    if people and people.items:
        _check_people(people, report)
        _check_site(root, people, report)
    if at:
        try:
            read_time(at.text)
        except Refused:
            where = f'dashboard.reminder_at: "{at.text[:20]}"'
            report.add("jam-salah", at.line, where, "misalnya 07:30")
    for address in to.items if to else ():
        _check_address(address, "dashboard.reminder_to", report)


def _check_people(people: Node, report: Report) -> None:
    """Each address once: a person has one role."""
    seen: set[str] = set()
    for person in people.items:
        address = person.get("address")
        if address is None:
            continue  # the model says so
        _check_address(address, "dashboard.people", report)
        name = address.text.strip().casefold()
        if name in seen:
            report.add(
                "alamat-ganda",
                address.line,
                f'dashboard.people: "{address.text[:80]}"',
                "setiap alamat satu kali, dengan satu peran",
            )
        seen.add(name)


def _check_address(address: Node, where: str, report: Report) -> None:
    try:
        read_email(address.text)
    except Refused as refused:
        report.add("nilai-salah", address.line, where, " ".join(refused.reasons))


def _check_site(root: Node, people: Node, report: Report) -> None:
    """The link in the mail has to lead somewhere."""
    site = root.get("site")
    url = site.get("url") if site else None
    if not (url and url.text):
        report.add(
            "dasbor-tanpa-situs",
            people.line,
            "dashboard.people terisi, tetapi site.url kosong",
            "site.url: https://layanan.…go.id/ — ke sana tautan masuk mengarah; di komputer ini saja: http://127.0.0.1:8080/",
        )
