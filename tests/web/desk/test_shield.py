"""What stands before all pages: names, cross-site requests, headers, proxies, sizes, errors."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from ivr.web.desk.app import LARGEST
from ivr.web.desk.shield import HEADERS, Proxies
from tests.web.desk.pages import OURS, client

CHOICE = {"language": "ru"}


def test_a_request_of_our_own_script_passes() -> None:
    answer = client().post("/language", data=CHOICE, headers=OURS)
    assert answer.status_code == 204
    assert answer.headers["set-cookie"].startswith(
        "language=ru; HttpOnly; Max-Age=31536000; Path=/"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Desk": "1"},  # no browser: it says nothing of where it comes from
        {"Sec-Fetch-Site": "same-origin"},  # a form without our script
        {"X-Desk": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Desk": "1", "Sec-Fetch-Site": "same-site"},
        {"X-Desk": "1", "Sec-Fetch-Site": "none"},
        {"X-Desk": "1", "Origin": "http://evil.example"},
        {"X-Desk": "1", "Origin": "http://localhost:8001"},
        {"X-Desk": "1", "Origin": "null"},
        {**OURS, "Origin": "http://evil.example"},
    ],
)
def test_a_request_of_another_page_does_not(headers: dict[str, str]) -> None:
    answer = client().post("/language", data=CHOICE, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_browser_that_sends_its_origin_alone_passes() -> None:
    headers = {"X-Desk": "1", "Origin": "http://localhost:8000"}
    assert client().post("/language", data=CHOICE, headers=headers).status_code == 204


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_the_desk_opens_under_its_own_names_only(host: str) -> None:
    answer = client().get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "another address" in answer.text.lower()
    assert client(url="https://desk.example").get("/", headers={"Host": "desk.example"})


@pytest.mark.parametrize(
    ("path", "status"),
    [("/login", 200), ("/", 303), ("/nowhere", 404), ("/assets/1/desk.css", 200)],
)
def test_every_answer_has_the_security_headers(path: str, status: int) -> None:
    answer = client().get(path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "server" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_pages_are_kept_nowhere_and_files_for_ever() -> None:
    desk = client()
    page = desk.get("/login")
    assert page.headers["cache-control"] == "no-store"
    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in desk.get(style).headers["cache-control"]
    assert desk.get("/assets/older/desk.css").headers["cache-control"] == "no-cache"


def test_no_page_has_an_inline_script_or_style() -> None:
    for path in ("/login", "/components", "/nowhere"):
        text = client().get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count('<script type="module" src=')


def test_a_body_over_the_limit_is_refused_with_a_page() -> None:
    answer = client().post("/language", content=b"x" * (LARGEST + 1), headers=OURS)
    assert answer.status_code == 413
    assert "Too large" in answer.text


def test_errors_are_told_in_the_language_of_the_browser_with_a_reference() -> None:
    for language, said in (("tk", "Sahypa tapylmady"), ("ru", "Страница не найдена")):
        text = client().get("/nowhere", headers={"Accept-Language": f"{language},en;q=0.5"}).text
        assert said in text
        assert f'<html lang="{language}">' in text
    assert "Reference: " in client().get("/nowhere").text


def test_a_script_gets_the_part_of_a_page_that_tells_the_error() -> None:
    answer = client().get("/nowhere", headers={"HX-Request": "true"})
    assert answer.headers["hx-retarget"] == "#problems"
    assert "<html" not in answer.text
    assert "Page not found" in answer.text


def test_by_tls_cookies_are_for_this_host_alone() -> None:
    desk = client(base="https://desk.example", url="https://desk.example")
    answer = desk.post("/language", data=CHOICE, headers=OURS)
    assert answer.headers["set-cookie"].startswith("__Host-language=ru;")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "Перейти" in desk.get("/login").text
    assert "strict-transport-security" not in client().get("/").headers


def seen(proxies: str, peer: str, **headers: str) -> tuple[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Proxies.of(proxies).see((peer, "http"), Headers(named))


def test_headers_of_a_known_proxy_are_believed() -> None:
    told = {"x_forwarded_for": "203.0.113.9", "x_forwarded_proto": "https"}
    assert seen("10.0.0.0/8", "10.0.0.1", **told) == ("203.0.113.9", "https")
    assert seen("", "10.0.0.1", **told) == ("10.0.0.1", "http")
    assert seen("10.0.0.0/8", "192.0.2.1", **told) == ("192.0.2.1", "http")


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("198.51.100.7, 203.0.113.9", "203.0.113.9"),  # the first was written by the client
        ("203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("nonsense", "10.0.0.1"),
        ("203.0.113.9, nonsense", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxys(header: str, address: str) -> None:
    assert seen("10.0.0.0/8", "10.0.0.1", x_forwarded_for=header) == (address, "http")


def test_a_proxys_tls_makes_secure_cookies() -> None:
    desk = client(
        proxies="10.0.0.0/8",
        peer="10.0.0.1",
        url="https://desk.example",
        base="http://desk.example",
    )
    told = {**OURS, "X-Forwarded-Proto": "https"}
    cookie = desk.post("/language", data=CHOICE, headers=told).headers["set-cookie"]
    assert cookie.startswith("__Host-language=ru;")
