"""Fetching by id, from a server of our own that can be slow, break off, and refuse."""

import gzip
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from difffit_core.cli.main import main
from difffit_core.events import StageAdvanced, run
from difffit_core.files import fetch as fetching
from difffit_core.files.download import FetchError
from difffit_core.files.entry_facts import EntryFacts, facts_in, known_facts
from difffit_core.files.fetch import Archives, fetch, is_whole, parse_id

MODEL = b"data_1abc\n" + bytes(range(256)) * 2000
PACKED = gzip.compress(MODEL)

EMDB_ANSWER = {
    "emdb_id": "EMD-1234",
    "map": {"contour_list": {"contour": [{"level": 0.5}, {"primary": True, "level": 0.0675, "source": "AUTHOR"}]}},
    "structure_determination_list": {
        "structure_determination": [
            {"image_processing": [{"final_reconstruction": {"resolution": {"units": "Å", "valueOf_": "3.2"}}}]}
        ]
    },
}


class Archive(BaseHTTPRequestHandler):
    """Answers as the path says."""

    asked: list[str] = []  # noqa: RUF012 # one server at a time

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if "9zzz" in self.path:
            self.send_error(404)
        elif "9bad" in self.path:
            self.send_error(503)
        elif "9cut" in self.path:
            self._send(PACKED[:-900], announced=len(PACKED))
        elif "9odd" in self.path:
            self._send(PACKED[:-900], announced=None)
        elif "9slo" in self.path:
            self._send_slowly()
        elif "/api/" in self.path:
            self._send_facts()
        elif "prediction" in self.path:
            self._send_models()
        else:
            self._send(MODEL if self.path.endswith(".cif") else PACKED, announced=-1)

    def _send(self, content: bytes, *, announced: int | None) -> None:
        self.send_response(200)
        if announced is not None:
            self.send_header("Content-Length", str(len(content) if announced < 0 else announced))
        self.end_headers()
        self.wfile.write(content)

    def _send_slowly(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(PACKED)))
        self.end_headers()
        self.wfile.write(PACKED[:1000])
        self.wfile.flush()
        time.sleep(2.0)

    def _send_models(self) -> None:
        host = self.headers["Host"]
        known = [{"entryId": "AF-P12345-F1", "cifUrl": f"http://{host}/files/AF-P12345-F1-model_v6.cif"}]
        self._send(json.dumps(known).encode(), announced=-1)

    def _send_facts(self) -> None:
        if "EMD-4040" in self.path:
            self.send_error(404)
        elif "EMD-5050" in self.path:
            self._send(b"<html>under maintenance</html>", announced=-1)
        else:
            self._send(json.dumps(EMDB_ANSWER).encode(), announced=-1)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def archives() -> Iterator[Archives]:
    Archive.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Archive) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        yield Archives(f"{base}/emdb", f"{base}/pdb", f"{base}/prediction", f"{base}/api")
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("text", "kind", "id", "file_name"),
    [
        ("EMD-1234", "emdb", "EMD-1234", "emd_1234.map.gz"),
        ("emd_12345 ", "emdb", "EMD-12345", "emd_12345.map.gz"),
        ("1ABC", "pdb", "1abc", "1abc.cif.gz"),
        ("pdb_00001abc", "pdb", "1abc", "1abc.cif.gz"),
        ("pdb_10001abc", "pdb", "pdb_10001abc", "pdb_10001abc.cif.gz"),
        ("AF-P12345", "alphafold", "AF-P12345-F1", "AF-P12345-F1.cif"),
        ("af-a0a023gpi8-f2-model_v4", "alphafold", "AF-A0A023GPI8-F2", "AF-A0A023GPI8-F2.cif"),
    ],
)
def test_ids_are_understood_as_people_write_them(text: str, kind: str, id: str, file_name: str):
    entry = parse_id(text)
    assert (entry.kind, entry.id, entry.file_name) == (kind, id, file_name)


@pytest.mark.parametrize("text", ["", "abcd", "12345", "EMD-", "../1abc", "AF-P1", "1abc/../x"])
def test_what_is_no_id_is_refused_with_examples(text: str):
    with pytest.raises(FetchError, match="EMD-1234"):
        parse_id(text)


def test_map_comes_whole_and_is_asked_for_once(archives: Archives, tmp_path: Path):
    path = run(fetch("EMD-1234", folder=tmp_path, archives=archives))
    assert gzip.decompress(path.read_bytes()) == MODEL
    assert run(fetch("emd-1234", folder=tmp_path, archives=archives)) == path
    assert Archive.asked == ["/emdb/EMD-1234/map/emd_1234.map.gz", "/api/EMD-1234"]


def test_recommended_level_and_resolution_come_with_a_map(archives: Archives, tmp_path: Path):
    said: list[str] = []
    path = run(fetch("EMD-1234", folder=tmp_path, archives=archives), lambda event: said.append(str(event)))
    assert known_facts(path) == EntryFacts(0.0675, 3.2)
    assert "contour level 0.0675, resolution 3.2 Å" in said[-1]


@pytest.mark.parametrize("id", ["EMD-4040", "EMD-5050"])
def test_map_is_whole_where_nothing_is_recommended(archives: Archives, tmp_path: Path, id: str):
    path = run(fetch(id, folder=tmp_path, archives=archives))
    assert is_whole(path)
    assert known_facts(path) in (None, EntryFacts())


def test_facts_of_a_map_in_the_cache_are_asked_for_later(archives: Archives, tmp_path: Path):
    path = run(fetch("EMD-1234", folder=tmp_path, archives=replace(archives, emdb_facts="http://127.0.0.1:9")))
    assert known_facts(path) is None
    run(fetch("EMD-1234", folder=tmp_path, archives=archives))
    assert known_facts(path) == EntryFacts(0.0675, 3.2)
    assert Archive.asked.count("/emdb/EMD-1234/map/emd_1234.map.gz") == 1


@pytest.mark.parametrize(
    "answer",
    [b"[]", b"null", b"{}", b'{"map": {"contour_list": {"contour": []}}}', b'{"map": {"contour_list": null}}',
     b'{"map": {"contour_list": {"contour": [{"level": "high"}]}}}', b"\xff",
     b"[" * 100_000, b'{"map": {"contour_list": {"contour": [{"level": 1' + b"0" * 400 + b"}]}}}"],
)  # fmt: skip
def test_unexpected_answers_say_nothing(answer: bytes):
    assert facts_in(answer) == EntryFacts()


def test_file_damaged_in_the_cache_is_fetched_again(archives: Archives, tmp_path: Path):
    path = run(fetch("1abc", folder=tmp_path, archives=archives))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert not is_whole(path)
    run(fetch("1abc", folder=tmp_path, archives=archives))
    assert is_whole(path)
    assert len(Archive.asked) == 2


def test_predicted_model_is_found_whatever_its_version(archives: Archives, tmp_path: Path):
    path = run(fetch("AF-P12345", folder=tmp_path, archives=archives))
    assert path.read_bytes() == MODEL
    assert Archive.asked[-1].endswith("model_v6.cif")
    with pytest.raises(FetchError, match="no model AF-Q99999-F1"):
        run(fetch("AF-Q99999", folder=tmp_path, archives=archives))


@pytest.mark.parametrize(
    ("id", "sentence"),
    [
        ("9zzz", "There is no 9zzz at 127.0.0.1; check the id"),
        ("9bad", "error 503"),
        ("9cut", "broke off after"),
        ("9odd", "damaged or incomplete"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_leaves_nothing(archives: Archives, tmp_path: Path, id: str, sentence: str):
    with pytest.raises(FetchError, match=sentence):
        run(fetch(id, folder=tmp_path, archives=archives))
    assert list(tmp_path.iterdir()) == []


def test_silent_server_is_given_up(archives: Archives, tmp_path: Path):
    with pytest.raises(FetchError, match="does not answer"):
        run(fetch("9slo", folder=tmp_path, archives=archives, timeout=0.3))


def test_cancelling_answers_at_once_although_the_server_is_silent(archives: Archives, tmp_path: Path):
    job = fetch("9slo", folder=tmp_path, archives=archives)
    begun = time.perf_counter()
    events = [next(job) for _ in range(6)]
    assert time.perf_counter() - begun < 1.5  # ten events a second, while nothing comes
    begun = time.perf_counter()
    job.close()
    assert time.perf_counter() - begun < 0.3
    assert any(isinstance(event, StageAdvanced) for event in events)
    assert list(tmp_path.iterdir()) == []


def test_without_a_connection_the_sentence_says_so(tmp_path: Path):
    nobody = Archives(pdb="http://127.0.0.1:9/pdb")
    with pytest.raises(FetchError, match="check the connection to the internet"):
        run(fetch("1abc", folder=tmp_path, archives=nobody))


def test_command_writes_the_file_and_names_it(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(fetching, "Archives", lambda: archives)
    monkeypatch.setattr(fetching, "default_cache", lambda: tmp_path / "cache")
    code = main(["fetch", "1abc", "9zzz", "-o", str(tmp_path / "out"), "--quiet"])
    said = capsys.readouterr()
    assert (code, said.out.strip()) == (1, str(tmp_path / "out" / "1abc.cif.gz"))
    assert "There is no 9zzz" in said.err
    assert gzip.decompress((tmp_path / "out" / "1abc.cif.gz").read_bytes()) == MODEL
