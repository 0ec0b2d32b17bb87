"""A file over HTTP, piece by piece; a server that says nothing never holds up whoever waits for the next piece."""

import http.client
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any

from difffit_core.errors import DiffFitError

PIECE = 1 << 16  # bytes
LOOK_EVERY = 0.1  # seconds between two looks for the next piece
MOST_BYTES = 32 << 30  # of any file: twice the largest map there is, compressed
MOST_WAITING = 64  # pieces that may wait to be written
AGENT = "DiffFit (cryo-EM fitting; https://pypi.org/project/difffit)"


class FetchError(DiffFitError):
    """An entry cannot be fetched."""


@dataclass(frozen=True)
class Piece:
    """What has come since the last one (nothing, while the server is slow), and the whole length if announced."""

    content: bytes
    expected: int  # bytes, 0 when not announced


def download(address: str, what: str, timeout: float, *, most: int = MOST_BYTES) -> Iterator[Piece]:
    """The pieces of a file, at least ten a second, empty ones included; FetchError says what went wrong.

    The transfer runs in a thread of its own, so that closing this iterator ends it at once, whatever the server does.
    More than `most` bytes are not taken, whatever the server announces.
    """
    if urllib.parse.urlsplit(address).scheme not in ("https", "http"):  # an archive's answer may name anything
        raise FetchError(f"{what} is said to be at an address that is none on the web; fetch it yourself.")
    transfer = _Transfer(address, timeout)
    transfer.start()
    got = 0
    try:
        while True:
            try:
                piece = transfer.pieces.get(timeout=LOOK_EVERY)
            except Empty:
                yield Piece(b"", transfer.expected)
                continue
            if isinstance(piece, BaseException):
                raise FetchError(_sentence(piece, what, address)) from piece
            if piece is None:
                break
            got += len(piece)
            if max(got, transfer.expected) > most:
                raise FetchError(f"{what} is larger than {most >> 20:,} MB, which cannot be right; fetch it yourself.")
            yield Piece(piece, transfer.expected)
    finally:
        transfer.stop()
    if transfer.expected and got != transfer.expected:
        raise FetchError(f"{what} broke off after {got:,} of {transfer.expected:,} bytes; fetch it again.")


class _Transfer(Thread):
    """Puts pieces into a queue; None ends them, an exception says why they end early."""

    def __init__(self, address: str, timeout: float) -> None:
        super().__init__(name="fetch", daemon=True)
        self._address, self._timeout = address, timeout
        self._stopped = Event()
        self._response: Any = None
        self.expected = 0
        self.pieces: Queue[bytes | BaseException | None] = Queue(MOST_WAITING)

    def run(self) -> None:
        """The body of the thread."""
        try:
            self._transfer()
            self._put(None)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._put(error)

    def stop(self) -> None:
        """End the transfer; a read that waits for the server is broken off."""
        self._stopped.set()
        response = self._response
        if response is not None and response.fp is not None:
            with suppress(OSError, AttributeError):
                response.fp.raw._sock.shutdown(socket.SHUT_RDWR)

    def _transfer(self) -> None:
        request = urllib.request.Request(self._address, headers={"User-Agent": AGENT})
        with urllib.request.urlopen(request, timeout=self._timeout) as response:
            self._response = response
            self.expected = int(response.headers.get("Content-Length") or 0)
            while not self._stopped.is_set() and (piece := response.read1(PIECE)):
                self._put(piece)

    def _put(self, piece: bytes | BaseException | None) -> None:
        while not self._stopped.is_set():
            with suppress(Full):  # whoever writes is slower than the network
                self.pieces.put(piece, timeout=LOOK_EVERY)
                return


def _sentence(error: BaseException, what: str, address: str) -> str:
    server = urllib.parse.urlsplit(address).hostname or address
    if isinstance(error, urllib.error.HTTPError):
        return _refusal(error.code, what, server)
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"{server} does not answer; {what} could not be fetched. Try again later."
    if isinstance(error, http.client.IncompleteRead):
        return f"{what} broke off before its end; fetch it again."
    return f"{server} cannot be reached, so {what} could not be fetched; check the connection to the internet."


def _refusal(code: int, what: str, server: str) -> str:
    if code in (404, 410):
        return f"There is no {what} at {server}; check the id."
    if code == 429 or code >= 500:
        return f"{server} cannot answer at the moment (error {code}); fetch {what} again later."
    return f"{server} refuses to give {what} (error {code})."
