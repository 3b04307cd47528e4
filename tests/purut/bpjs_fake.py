"""A BPJS Kesehatan of our own, over real HTTP: checks who calls and in which order, refuses doubles, can be ill."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections import defaultdict
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

CONS_ID, SECRET, USER_KEY = "12345", "rahasia sekali", "kunci-pengguna"
ALLOWED = 300  # seconds between its clock and the caller's
# '{"nomorantrean":"A-012","angkaantrean":12}', packed by lzstring 1.0.4
PACKED = "N4Igdg9gthBOCGYAusCmiQC4QEEC0ADAIwBMIANCIgOYDW8iK6YWpAvkA"
FIELDS = {
    "add": {"kodebooking", "jenispasien", "nomorkartu", "nik", "nohp", "kodepoli", "namapoli", "pasienbaru", "norm",
            "tanggalperiksa", "kodedokter", "namadokter", "jampraktek", "jeniskunjungan", "nomorreferensi",
            "nomorantrean", "angkaantrean", "estimasidilayani", "sisakuotajkn", "kuotajkn", "sisakuotanonjkn",
            "kuotanonjkn", "keterangan"},
    "updatewaktu": {"kodebooking", "taskid", "waktu"},
    "batal": {"kodebooking", "keterangan"},
}  # fmt: skip


class FakeBpjs:
    """What it was sent and took is in `taken`: (service, body). `behaviour` says what happens to the next calls."""

    def __init__(self) -> None:
        self.behaviour: list[str] = []
        self.down = False
        self.calls = 0
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.doubles = 0
        self.known: set[str] = set()
        self.cancelled: set[str] = set()
        self.times: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.clock_off = 0
        self._lock = threading.Lock()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with fake._lock:
                    fake.calls += 1
                    ill = "drop" if fake.down else fake.behaviour.pop(0) if fake.behaviour else ""
                    answer = b"" if ill in ("500", "garbage", "drop") else fake.answer(self.path, self.headers, body)
                if ill == "slow":
                    time.sleep(0.5)
                if ill in ("drop", "lost"):
                    self.close_connection = True
                    return
                self.date_time_string = lambda _=None: email.utils.formatdate(  # type: ignore[method-assign]
                    time.time() + fake.clock_off, usegmt=True
                )
                self.send_response(500 if ill == "500" else 200)
                answer = b"<html>Gateway" if ill in ("500", "garbage") else answer
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/antreanrs"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, headers: Any, raw: bytes) -> bytes:
        stamp = headers["x-timestamp"]
        code, message = self.judge(path, headers, raw)
        content = _encrypted(PACKED, hashlib.sha256(f"{CONS_ID}{SECRET}{stamp}".encode()).digest())
        return json.dumps(
            {"response": content if code == 200 else None, "metadata": {"code": code, "message": message}}
        ).encode()

    def judge(self, path: str, headers: Any, raw: bytes) -> tuple[int, str]:
        stamp = headers["x-timestamp"]
        right = hmac.new(SECRET.encode(), f"{CONS_ID}&{stamp}".encode(), hashlib.sha256).digest()
        if headers["x-cons-id"] != CONS_ID or base64.b64decode(headers["x-signature"]) != right:
            return 201, "Signature tidak sesuai"
        if abs(time.time() + self.clock_off - int(stamp)) > ALLOWED:
            return 201, "Timestamp expired"
        if headers["user_key"] != USER_KEY:
            return 201, "Unauthorized"
        service, body = path.removeprefix("/antreanrs/antrean/"), json.loads(raw)
        assert set(body) - {"jenisresep"} == FIELDS[service]
        code, message = getattr(self, f"_{service}")(body)
        if code == 200:
            self.taken.append((service, body))
        self.doubles += code == 208
        return code, message

    def _add(self, body: dict[str, Any]) -> tuple[int, str]:
        if body["kodebooking"] in self.known:
            return 208, "Terdapat duplikasi Kode Booking"
        if body["jenispasien"] == "JKN" and len(body["nomorkartu"]) != 13:
            return 201, "Nomor kartu tidak sesuai"
        self.known.add(body["kodebooking"])
        return 200, "Ok"

    def _updatewaktu(self, body: dict[str, Any]) -> tuple[int, str]:
        code, task, at = body["kodebooking"], body["taskid"], body["waktu"]
        given = self.times[code]
        if code not in self.known:
            return 201, "Kode booking tidak ditemukan"
        if task in dict(given):
            return 208, f"TaskId={task} sudah ada"
        if given and ((task, at) < given[-1] or at < given[-1][1]):
            return 201, "Waktu tidak boleh kurang dari sebelumnya"
        given.append((task, at))
        return 200, "Ok"

    def _batal(self, body: dict[str, Any]) -> tuple[int, str]:
        if body["kodebooking"] not in self.known or body["kodebooking"] in self.cancelled:
            return 201, "Antrean tidak ditemukan"
        self.cancelled.add(body["kodebooking"])
        return 200, "Ok"


def _encrypted(packed: str, key: bytes) -> str:
    pad = PKCS7(128).padder()
    padded = pad.update(packed.encode()) + pad.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(padded) + cipher.finalize()).decode()
