"""A server that answers as a ChimeraX does that listens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit


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


@contextmanager
def answering() -> Iterator[Answering]:
    """A server that runs until the block ends."""
    server = Answering()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
