"""The browser's host, without a browser: who may fetch, who may talk, what can be reached."""

import json
import socket

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from gradlab.errors import OptionError
from gradlab.lab import wire
from gradlab.lab.server import free_port, make_app
from gradlab.lab.session import Session

TOKEN, PORT = "secret", 8765
HERE = f"http://127.0.0.1:{PORT}"
WS = f"ws://127.0.0.1:{PORT}/ws"


@pytest.fixture
def client():
    with TestClient(make_app(Session, TOKEN, PORT), base_url=HERE) as client:
        yield client


def unpacked(packed):
    length = int.from_bytes(packed[:4], "little")
    return json.loads(packed[4 : 4 + length])


def test_the_page_allows_nothing_from_elsewhere(client):
    answer = client.get("/")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


@pytest.mark.parametrize(
    "path", ["/server.py", "/../server.py", "/%2e%2e/server.py", "/static/lab.js", "//etc/passwd", "/lab.js/"]
)
def test_nothing_but_its_own_files_can_be_reached(client, path):
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in (307, 400, 404)
    assert "import" not in answer.text


def test_a_name_that_points_here_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("?token=wrong", {}),
        ("?token=sécret", {}),
        (f"?token={TOKEN}", {"origin": "http://evil.example"}),
        (f"?token={TOKEN}", {"origin": "http://127.0.0.1:1"}),
        (f"?token={TOKEN}", {"origin": "null"}),
    ],
)
def test_strangers_may_not_talk(client, query, headers):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{WS}{query}", headers=headers):
        pass


def test_a_tab_talks_and_survives_nonsense(client):
    with client.websocket_connect(f"{WS}?token={TOKEN}", headers={"origin": HERE}) as tab:
        tab.send_bytes(b"nonsense")
        assert unpacked(tab.receive_bytes())["type"] == "refused"
        tab.send_bytes(wire.pack({"type": "hello", "id": 1}))
        assert unpacked(tab.receive_bytes())["type"] == "welcome"
        tab.send_bytes(wire.pack({"type": "solve", "id": 2, "state": {"steps": 3}}))
        assert unpacked(tab.receive_bytes())["rows"] == 4


def test_the_newest_solve_wins(client):
    with client.websocket_connect(f"{WS}?token={TOKEN}") as tab:
        tab.send_bytes(wire.pack({"type": "hello", "id": 0}))
        unpacked(tab.receive_bytes())
        for id in range(1, 30):
            tab.send_bytes(wire.pack({"type": "solve", "id": id, "state": {"steps": 200}}))
        answered = []
        while not answered or answered[-1] != 29:
            answered.append(unpacked(tab.receive_bytes())["id"])
        assert answered == sorted(answered)
        assert len(answered) < 29


def test_two_tabs_do_not_disturb_each_other(client):
    with client.websocket_connect(f"{WS}?token={TOKEN}") as one, client.websocket_connect(f"{WS}?token={TOKEN}") as two:
        one.send_bytes(wire.pack({"type": "solve", "id": 1, "state": {"steps": 3}}))
        two.send_bytes(wire.pack({"type": "solve", "id": 1, "state": {"steps": 5}}))
        assert unpacked(one.receive_bytes())["rows"] == 4
        assert unpacked(two.receive_bytes())["rows"] == 6


def test_a_port_in_use_gives_way_to_the_next():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    with pytest.raises(OptionError):
        free_port(70_000)
