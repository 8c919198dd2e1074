"""A model hub on loopback: a real HTTP server that speaks ``?tf-hub-format=compressed`` and misbehaves on demand."""

import gzip
import io
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class ModelHub(ThreadingHTTPServer):
    """Serves ``archive`` at every path, and counts the requests.

    A path's first part chooses the behaviour: a status number, "redirect", "slow", "silent", "trickle", "cut",
    "nolength", "html"; anything else gets the archive.
    """

    daemon_threads = True

    def __init__(self, archive: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.archive = archive
        self.requests: list[str] = []
        self.finish = threading.Event()

    def url(self, path: str = "google/tiny/1") -> str:
        """Return the address of a model on this hub."""
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class _Handler(BaseHTTPRequestHandler):
    server: ModelHub

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        url = urlsplit(self.path)
        behaviour = url.path.split("/")[1]
        archive = self.server.archive
        if parse_qs(url.query).get("tf-hub-format") != ["compressed"]:
            self.send_error(400, "not the protocol of TensorFlow Hub")
        elif behaviour.isdecimal():
            self.send_error(int(behaviour))
        elif behaviour == "redirect":
            self.send_response(302)
            self.send_header("Location", f"/{url.path.split('/', 2)[2]}?{url.query}")
            self.end_headers()
        elif behaviour == "silent":
            self.server.finish.wait(10)
        elif behaviour == "html":
            self._headers(None, "text/html; charset=utf-8")
            self.wfile.write(b"<html>Please sign in</html>")
        elif behaviour == "nolength":
            self._headers(None)
            self.wfile.write(archive)
        elif behaviour == "cut":
            self._headers(len(archive))
            self.wfile.write(archive[: len(archive) // 2])
        elif behaviour == "cutnolength":
            self._headers(None)
            self.wfile.write(archive[: len(archive) // 2])
        elif behaviour == "slow":
            self._headers(len(archive))
            self.wfile.write(archive[:1000])
            self.server.finish.wait(10)
        elif behaviour == "trickle":
            self._headers(len(archive))
            for position in range(1000):
                if self.server.finish.is_set():
                    return
                self.wfile.write(archive[position : position + 1])
                time.sleep(0.02)
        else:
            self._headers(len(archive))
            for start in range(0, len(archive), 4096):
                self.wfile.write(archive[start : start + 4096])

    def _headers(self, length: int | None, kind: str = "application/gzip") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def handle(self) -> None:
        """Serve one connection; a client that hangs up early is part of the tests."""
        with suppress(OSError):
            super().handle()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@contextmanager
def serve_archive(archive: bytes) -> Iterator[ModelHub]:
    """Run a hub for the duration of a with block."""
    hub = ModelHub(archive)
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.finish.set()
        hub.shutdown()
        hub.server_close()


def pack(folder: Path, compress: bool = True) -> bytes:
    """Return ``folder`` as the hub packs models: a tar of its contents, gzipped."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder, arcname=".")
    return gzip.compress(buffer.getvalue()) if compress else buffer.getvalue()


def pack_entries(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """Return a tar.gz with exactly these entries, however malicious."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()
