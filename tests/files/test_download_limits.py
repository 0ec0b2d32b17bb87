"""Whatever a server says: only so much is taken, and only from the web."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from difffit_core.events import run
from difffit_core.files import fetch as fetching
from difffit_core.files.download import FetchError, download
from difffit_core.files.fetch import Archives, fetch

SIZE = 300_000


class Generous(BaseHTTPRequestHandler):
    """Announces what the path says, sends SIZE bytes; or names a file of this computer as a model."""

    def do_GET(self) -> None:
        content = bytes(SIZE)
        if "prediction" in self.path:
            content = json.dumps([{"entryId": "AF-P12345-F1", "cifUrl": Path(__file__).as_uri()}]).encode()
        self.send_response(200)
        if "announced" in self.path:
            self.send_header("Content-Length", str(1 << 45))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Generous) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["announced", "silent"])
def test_more_than_the_limit_is_not_taken(server: str, path: str) -> None:
    taken: list[int] = []

    def take() -> None:
        taken.extend(len(piece.content) for piece in download(f"{server}/{path}", "1abc", 5.0, most=100_000))

    with pytest.raises(FetchError, match="cannot be right"):
        take()
    assert sum(taken) <= 100_000


def test_a_fetch_that_is_too_large_leaves_nothing(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fetching.MOST, "pdb", 1000)
    with pytest.raises(FetchError, match="larger than"):
        run(fetch("1abc", folder=tmp_path, archives=Archives(pdb=server)))
    assert list(tmp_path.iterdir()) == []


def test_an_archive_cannot_make_this_computer_read_its_own_files(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="none on the web"):
        run(fetch("AF-P12345", folder=tmp_path, archives=Archives(alphafold=f"{server}/prediction")))
    assert list(tmp_path.iterdir()) == []


def test_the_archives_are_asked_over_encrypted_connections() -> None:
    assert all(address.startswith("https://") for address in vars(Archives()).values())
