"""The threshold of pages on the open internet: who asks, what is taken, what every answer says, and whose forms count."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sync.web.guard.clients import Proxies, whose
from sync.web.guard.forms import Forms
from sync.web.guard.pace import Pace, Paces
from sync.web.guard.threshold import HEADERS, HSTS, Bounds, GuardedApp
from tests.fakes.asking import Visitor, ask

KEY = b"k" * 32
PROXY, CITIZEN, STRANGER = "10.0.0.5", "198.51.100.7", "192.0.2.66"


async def seen(request: Request) -> Response:
    client = request.client.host if request.client else ""
    return PlainTextResponse(f"{client} {request.url.scheme}")


async def length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def broken(request: Request) -> Response:
    raise ValueError("jalan yang rahasia")


async def form(request: Request) -> Response:
    visitor = FORMS.visitor(request)
    answer = PlainTextResponse(f'name="_token" value="{visitor.token}"')
    visitor.keep(answer)
    return answer


async def sent(request: Request) -> Response:
    _, fields = await FORMS.fields(request)
    return PlainTextResponse(repr(fields))


FORMS = Forms(KEY)
ROUTES = [
    Route("/seen", seen),
    Route("/length", length, methods=["POST"]),
    Route("/broken/{secret}", broken),
    Route("/form", form),
    Route("/form", sent, methods=["POST"]),
]


def guarded(**other: object) -> GuardedApp:
    bounds = {"hosts": ["127.0.0.1", "layanan.contoh.go.id", "::1"], **other}
    return GuardedApp(Bounds(**bounds), routes=ROUTES)


BEHIND = guarded(proxies=Proxies.of([PROXY, "10.1.0.0/16"]))


def forwarded(app: GuardedApp, client: str, *told: tuple[str, str]) -> str:
    return ask(app, "GET", "/seen", client=client, headers=told).text


@pytest.mark.parametrize(
    ("client", "told", "found"),
    [
        (
            PROXY,
            [("X-Forwarded-For", CITIZEN), ("X-Forwarded-Proto", "https")],
            "198.51.100.7 https",
        ),
        (PROXY, [("X-Forwarded-For", f"{STRANGER}, {CITIZEN}")], "198.51.100.7 http"),
        (PROXY, [("X-Forwarded-For", f"{CITIZEN}, 10.1.2.3")], "198.51.100.7 http"),
        (PROXY, [("X-Forwarded-For", STRANGER), ("X-Forwarded-For", CITIZEN)], "198.51.100.7 http"),
        (PROXY, [("X-Forwarded-For", f"{CITIZEN}:4711")], "198.51.100.7 http"),
        (PROXY, [("X-Forwarded-For", "[2001:db8::7]:4711")], "2001:db8::7 http"),
        (PROXY, [("X-Forwarded-For", f"{CITIZEN}, bukan alamat")], "10.0.0.5 http"),
        (PROXY, [("X-Forwarded-Proto", "ftp")], "10.0.0.5 http"),
        (f"::ffff:{PROXY}", [("X-Forwarded-For", CITIZEN)], "198.51.100.7 http"),
        (
            STRANGER,
            [("X-Forwarded-For", CITIZEN), ("X-Forwarded-Proto", "https")],
            "192.0.2.66 http",
        ),
    ],
)
def test_who_asks_is_believed_of_named_proxies_only(
    client: str, told: list[tuple[str, str]], found: str
) -> None:
    """What stands left of the first stranger anybody may have written; a stranger's own word counts for nothing."""
    assert forwarded(BEHIND, client, *told) == found


def test_without_named_proxies_nobody_is_believed() -> None:
    """The default: a server that is reached directly."""
    assert forwarded(guarded(), PROXY, ("X-Forwarded-For", CITIZEN)) == "10.0.0.5 http"


def test_a_person_is_counted_by_the_line_and_not_by_the_address() -> None:
    """An IPv6 line has a whole /64 of addresses to ask from."""
    assert whose("2001:db8:1:2::9") == whose("2001:db8:1:2:ffff::1") != whose("2001:db8:1:3::9")
    assert whose(CITIZEN) == CITIZEN != whose(STRANGER)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "Layanan.Contoh.go.id", "[::1]:80"]
)
def test_it_answers_by_its_names(host: str) -> None:
    assert ask(guarded(), "GET", "/seen", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["lain.example", "127.0.0.1.lain.example", "", "[::2]", "127.0.0.1,x"]
)
def test_it_answers_by_no_other_name(host: str) -> None:
    """A page of another's that resolves its own name to this server gets nothing, and neither does a request without one."""
    answer = ask(guarded(), "GET", "/seen", host=host)
    assert answer.status == 400
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_two_host_headers_are_one_too_many() -> None:
    """Server and proxy may each believe another one."""
    assert ask(guarded(), "GET", "/seen", headers=[("Host", "lain.example")]).status == 400


@pytest.mark.parametrize("path", ["/seen", "/nowhere"])
def test_every_answer_says_what_browsers_may_do(path: str) -> None:
    """Also that there is no such page."""
    answer = ask(guarded(), "GET", path)
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "strict-transport-security" not in answer.headers


def test_an_encrypted_way_is_to_be_kept_to() -> None:
    """Only behind https: a promise over plain http would mean nothing."""
    answer = ask(BEHIND, "GET", "/seen", client=PROXY, headers=[("X-Forwarded-Proto", "https")])
    assert answer.headers["strict-transport-security"] == HSTS


def test_what_breaks_says_nothing_and_logs_no_address(caplog: pytest.LogCaptureFixture) -> None:
    """A path may hold a one-time link."""
    answer = ask(guarded(), "GET", "/broken/token-rahasia")
    assert answer.status == 500
    assert "jalan" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "a page broke: GET" in caplog.text
    assert "token-rahasia" not in caplog.text


def test_a_body_is_taken_up_to_its_length() -> None:
    """Whatever Content-Length says."""
    app = guarded(longest_body=10)
    assert ask(app, "POST", "/length", body=b"x" * 10).text == "10"
    assert ask(app, "POST", "/length", body=b"x" * 11).status == 413
    longer = guarded(longest_body=10, longer={"/length": 20, "/form": 5})
    assert ask(longer, "POST", "/length", body=b"x" * 20).text == "20"
    assert ask(longer, "POST", "/length", body=b"x" * 21).status == 413

    async def many() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x"

    assert ask(app, "POST", "/length", parts=many()).status == 413


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    """Neither where nothing comes, nor where a little comes again and again."""
    app = guarded(body_within_s=0.1)

    async def never() -> AsyncIterator[bytes]:
        await asyncio.sleep(30)
        yield b""

    async def drops() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.02)
            yield b"x"

    assert ask(app, "POST", "/length", parts=never()).status == 408
    assert ask(app, "POST", "/length", parts=drops()).status == 408


def test_a_form_of_our_own_is_taken() -> None:
    visitor = Visitor(guarded())
    token = visitor.reads("/form").hidden("_token")
    assert visitor.sends("/form", _token=token, a="1").text == "{'a': '1'}"
    assert visitor.sends("/form", _token=token, a="2").status == 200


def test_a_form_of_anybody_elses_is_not() -> None:
    """Without the token, with another's, or from a browser without the cookie that the token belongs to."""
    app = guarded()
    visitor, other = Visitor(app), Visitor(app)
    token, others = visitor.reads("/form").hidden("_token"), other.reads("/form").hidden("_token")
    assert visitor.sends("/form", a="1").status == 403
    assert visitor.sends("/form", _token=others, a="1").status == 403
    assert Visitor(app).sends("/form", _token=token, a="1").status == 403
    planted = Visitor(app, jar={"loket": "a" * 32})
    assert planted.sends("/form", _token="a" * 64, a="1").status == 403


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded", b"a=%ff", 400),
        ("application/x-www-form-urlencoded", b"\xff", 400),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 60), 400),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes, status: int) -> None:
    assert (
        ask(guarded(), "POST", "/form", body=body, headers=[("Content-Type", kind)]).status
        == status
    )


def test_the_cookie_is_for_the_server_alone() -> None:
    """No script reads it, no other site sends it with a form; behind https it is bound to this host and to encryption."""
    plain = ask(guarded(), "GET", "/form").cookies
    assert len(plain) == 1
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(plain[0].split("; "))
    told = [("X-Forwarded-Proto", "https")]
    secure = ask(BEHIND, "GET", "/form", client=PROXY, headers=told).cookies
    assert secure[0].startswith("__Host-loket=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(secure[0].split("; "))


def test_a_seal_is_for_one_browser_one_purpose_and_a_time() -> None:
    def visitor(cookie: str):
        scope = {"type": "http", "scheme": "http", "server": ("x", 80), "path": "/"}
        return FORMS.visitor(
            Request({**scope, "headers": [(b"cookie", f"loket={cookie}".encode())]})
        )

    own, other = visitor("a" * 32), visitor("b" * 32)
    sealed = own.seal("status", "17", until=1000)
    assert own.unseal("status", sealed, at=1000) == "17"
    assert own.unseal("status", sealed, at=1001) is None
    assert own.unseal("lain", sealed, at=1) is None
    assert other.unseal("status", sealed, at=1) is None
    assert own.unseal("status", sealed.replace("17", "18"), at=1) is None
    assert own.unseal("status", "", at=1) is None


def test_the_pace_recovers() -> None:
    """So many a second, and no more at once than it began with."""
    now = [0.0]
    pace = Pace(2, 3, lambda: now[0])
    assert [pace.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [pace.take() for _ in range(3)] == [True, True, False]
    now[0] = 1000.0
    assert [pace.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.0  # a clock that goes back gives nothing
    assert pace.take() is False


def test_each_has_a_pace_of_its_own_and_none_is_kept_for_ever() -> None:
    paces = Paces(0.001, 1, lambda: 0.0, most_kept=2)
    assert [paces.take("a"), paces.take("a"), paces.take("b")] == [True, False, True]
    paces.give_back("a")
    assert [paces.take("a"), paces.take("a")] == [True, False]
    paces.give_back("unknown")
    assert paces.take("c")
    assert len(paces._paces) == 2  # b, asked for longest ago, is forgotten
    assert paces.take("a") is False


def test_an_answer_of_a_page_may_be_kept_where_it_says_so() -> None:
    """The page's own header stands."""

    async def kept(_: Request) -> Response:
        return PlainTextResponse("x", headers={"Cache-Control": "public"})

    app = GuardedApp(Bounds(["127.0.0.1"]), routes=[Route("/", kept)])
    assert ask(app, "GET", "/").headers["cache-control"] == "public"


def test_a_refusal_by_a_page_keeps_its_status() -> None:
    async def no(_: Request) -> Response:
        raise HTTPException(418)

    assert ask(GuardedApp(Bounds(["127.0.0.1"]), routes=[Route("/", no)]), "GET", "/").status == 418


def test_no_address_is_put_right() -> None:
    """A redirect would be made of what was asked: its host, its query."""
    answer = ask(guarded(), "GET", "/seen/", query=b"\x80")
    assert answer.status == 404
    assert "location" not in answer.headers
