"""Whatever a client sends, Drive and Gmail answer in Google's words: a crash of the sandbox would look like Google's."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.sandbox import drive, gmail, mailbox
from sync.sandbox.drive import registry
from sync.sandbox.frame import Call, GoogleError, Route, Store

RATNA = "bu.ratna@dukcapil.example.com"
FILE = "1" + "a" * 32

KEYS = [
    "id",
    "name",
    "mimeType",
    "parents",
    "description",
    "properties",
    "appProperties",
    "trashed",
    "starred",
    "type",
    "role",
    "emailAddress",
    "domain",
    "raw",
    "message",
    "requestId",
]
QUERIES = [
    "fields",
    "q",
    "orderBy",
    "pageSize",
    "pageToken",
    "addParents",
    "removeParents",
    "count",
    "uploadType",
    "upload_id",
    "alt",
    "corpora",
    "driveId",
    "mimeType",
    "maxResults",
    "format",
    "labelIds",
    "requestId",
    "supportsAllDrives",
    "includeItemsFromAllDrives",
]

words = st.sampled_from(
    [
        FILE,
        "root",
        "reader",
        "owner",
        "user",
        "anyone",
        "application/pdf",
        registry.FOLDER,
        "bytes 0-3/*",
        "media",
    ]
)
texts = st.one_of(words, st.text(max_size=12), st.text("()'\"=<>!,/.* andorinot", max_size=20))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts, st.just("\ud800")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), texts), inner, max_size=3),
    ),
    max_leaves=6,
)
bodies = st.one_of(
    st.dictionaries(st.sampled_from(KEYS), values, max_size=5).map(
        lambda body: json.dumps(body).encode()
    ),
    st.binary(max_size=20),
)
queries = st.dictionaries(
    st.sampled_from(QUERIES), st.lists(texts, min_size=1, max_size=2), max_size=3
)
headers = st.dictionaries(
    st.sampled_from(["content-type", "content-range", "range"]),
    st.one_of(
        texts,
        st.sampled_from(["multipart/related; boundary=x", "bytes=5-2", "bytes */*", "bytes 5-9/3"]),
    ),
    max_size=2,
)
ROUTES = [*drive.ROUTES, *gmail.ROUTES]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("nonsense")
    opened = Store(folder, (drive.SCHEMA, gmail.SCHEMA, mailbox.SCHEMA))
    yield opened
    opened.close()


@pytest.mark.parametrize("each", ROUTES, ids=[f"{one.method} {one.api}" for one in ROUTES])
def test_nonsense_is_refused_and_never_a_crash(each: Route, store: Store) -> None:
    """Any body, query and header: an answer or a GoogleError, and a store that still works."""

    @settings(
        max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(body=bodies, query=queries, head=headers, file_id=st.one_of(st.just(FILE), texts))
    def nonsense(
        body: bytes, query: dict[str, list[str]], head: dict[str, str], file_id: str
    ) -> None:
        with store.write() as db:
            if registry.find(db, FILE) is None:
                registry.new_file(db, id=FILE, name="a", mime="application/pdf", owner=RATNA)
        path: dict[str, Any] = dict.fromkeys(each.pattern.groupindex, file_id)
        if "userId" in path:
            path["userId"] = "me"
        call = Call(
            store, RATNA, frozenset(), each.method, path, query, head, body, "http://127.0.0.1:1"
        )
        with contextlib.suppress(GoogleError):
            each.handler(call)

    nonsense()
