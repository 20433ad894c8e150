"""What `dashboard` in settings.yaml may say: each mistake with its line."""

import pytest

from sync.core.mendable import Mendable
from sync.core.people import Person, Role, person_of
from sync.core.settings_file import read_settings

SITE = "site: {url: 'https://layanan.contoh.go.id/'}\n"
HEAD = "    - {address: kepala@contoh.go.id, role: head, name: Ibu Kepala}\n"


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        (f"{SITE}dashboard:\n  people:\n{HEAD}    - {{address: kepala}}\n", "nilai-salah", 5),
        (
            f"{SITE}dashboard:\n  people:\n{HEAD}    - {{address: KEPALA@contoh.go.id}}\n",
            "alamat-ganda",
            5,
        ),
        (f"dashboard:\n  people:\n{HEAD}", "dasbor-tanpa-situs", 2),
        (f"site:\n  url:\ndashboard:\n  people:\n{HEAD}", "dasbor-tanpa-situs", 4),
        ("dashboard:\n  reminder_at: pagi\n", "jam-salah", 2),
        ("dashboard:\n  reminder_to: [kepala@contoh.go.id, kepala]\n", "nilai-salah", 2),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, name: str, line: int) -> None:
    with pytest.raises(Mendable) as caught:
        read_settings(text, file="settings.yaml")
    [problem] = caught.value.problems
    assert (problem.name, problem.where.partition(":")[2]) == (name, str(line))


@pytest.mark.parametrize("person", ["{role: head}", "{address: a@contoh.go.id, role: kepala}"])
def test_a_person_has_an_address_and_a_role_that_there_is(person: str) -> None:
    with pytest.raises(Mendable) as caught:
        read_settings(f"{SITE}dashboard:\n  people: [{person}]\n", file="settings.yaml")
    assert [one.where for one in caught.value.problems] == ["settings.yaml:3"]


def test_people_are_read_and_none_is_none() -> None:
    settings = read_settings(f"{SITE}dashboard:\n  people:\n{HEAD}", file="settings.yaml")
    [person] = settings.dashboard.people
    assert (person.address, person.role, person.name) == (
        "kepala@contoh.go.id",
        "head",
        "Ibu Kepala",
    )
    for nobody in ("", "dashboard:\n", "dashboard:\n  people: []\n"):
        assert read_settings(nobody, file="settings.yaml").dashboard.people == ()


def test_an_address_is_one_persons_whatever_its_case() -> None:
    head = Person("Kepala@contoh.go.id", Role.HEAD)
    people = [Person("a@contoh.go.id", Role.OFFICER), head]
    assert person_of(people, "  KEPALA@CONTOH.GO.ID\n") is head
    for other in ("", "kepala", "kepala@contoh.go.id.lain.example"):
        assert person_of(people, other) is None
