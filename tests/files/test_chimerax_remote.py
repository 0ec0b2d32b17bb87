"""Commands to a running ChimeraX, against a server that answers as it does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from difffit_core.errors import DiffFitError
from difffit_core.files.chimerax_remote import first_free_model, send_commands


class Answering(HTTPServer):
    """Notes the commands, and answers each with a text."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = ""
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        assert address.path == "/run"
        self.server.heard += parse_qs(address.query)["command"]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def chimerax() -> Iterator[Answering]:
    server = Answering()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_commands_arrive_in_their_order_and_whole(chimerax):
    commands = ['open "/tmp/häm & co/map #1.mrc" id 3', "color #3 #aabbcc", "view"]
    send_commands(commands, chimerax.server_port)
    assert chimerax.heard == commands


def test_models_that_are_open_there_are_left_alone(chimerax):
    assert first_free_model(chimerax.server_port) == 1
    chimerax.answer = "model id #2 type Volume name a.mrc\nmodel id #2.1 type VolumeSurface\nmodel id #11 type X name b"
    assert first_free_model(chimerax.server_port) == 12


def test_a_refused_command_is_a_sentence(chimerax):
    chimerax.answer = json.dumps({"error": {"type": "UserError", "message": "No such file"}, "log messages": {}})
    with pytest.raises(DiffFitError, match="No such file"):
        send_commands(["open x"], chimerax.server_port)


def test_nobody_there_is_a_sentence_that_says_what_to_type():
    with pytest.raises(DiffFitError, match=r"type there: remotecontrol rest start port 9$"):
        send_commands(["view"], 9)
