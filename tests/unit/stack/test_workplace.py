import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders

from stack.context import Context
from stack.workplace import START_PAGE, layouts, proxied


@pytest.mark.usefixtures("state")
def test_every_user_interface_of_a_server_has_a_tile_on_this_clones_ports() -> None:
    found = proxied(Context.load(500))

    titles = {entry["launcher_entry"]["title"]: entry["port"] for entry in found.values()}
    assert titles["MinIO console"] == 9501
    assert titles["Temporal UI"] == 8733
    assert titles["Trino UI"] == 8580
    assert titles["Dagster"] == 3500
    assert "Your course" in titles
    assert not any(entry["command"] for entry in found.values())


def test_the_first_layout_shows_the_start_page_and_what_the_learner_makes_of_it_stays(state: Path) -> None:
    [file] = layouts().iterdir()
    assert f'"/{START_PAGE}"' in file.read_text()
    assert json.loads(file.read_text())["metadata"]["id"] == "default"
    file.write_text("the learner's own")

    layouts()

    assert [path.read_text() for path in (state / "jupyter" / "layouts").iterdir()] == ["the learner's own"]


def answer(name: str, body: bytes = b"", **headers: str) -> SimpleNamespace:
    """What a browser gets of a server, behind JupyterLab at /user/anna/."""
    request = SimpleNamespace(protocol="https", host="hub.example", path=f"/user/anna/ui-{name}/ui/")
    response = SimpleNamespace(body=body, headers=HTTPHeaders(headers))
    proxied(Context.load())[f"ui-{name}"]["rewrite_response"](response, request)
    return response


@pytest.mark.usefixtures("state")
def test_a_page_that_believes_itself_at_the_top_is_told_where_it_is() -> None:
    html = {"Content-Type": "text/html; charset=utf-8"}

    assert answer("minio", b'<base href="/"/>', **html).body == b'<base href="/user/anna/ui-minio/"/>'
    assert answer("temporal", b'import("/_app/x.js")', **html).body == b'import("/user/anna/ui-temporal/_app/x.js")'
    script = {"Content-Type": "text/javascript"}
    assert answer("temporal", b'"/_app/x.js"', **script).body == b'"/_app/x.js"'


@pytest.mark.usefixtures("state")
def test_cookies_and_redirects_stay_below_the_path_too() -> None:
    found = answer("trino", **{"Set-Cookie": "Token=1; Path=/ui; HttpOnly", "Location": "https://hub.example/ui/login"})

    assert found.headers.get_list("Set-Cookie") == ["Token=1; Path=/user/anna/ui-trino/ui; HttpOnly"]
    assert found.headers["Location"] == "/ui/login"
    assert answer("trino", Location="https://elsewhere.example/ui/").headers["Location"].startswith("https://elsewhere")
