"""Signing by BSrE, over HTTP: the city's "Esign Client Service" (BSSN), `POST /api/sign/pdf` with NIK and passphrase.

The passphrase goes into one request and is kept nowhere: not in a row, a job, a log or an error.
"""

from __future__ import annotations

import base64
import json
import logging
import time
import urllib.error
import urllib.request
import uuid
from http.client import HTTPException

from django.conf import settings
from django.utils.translation import gettext as _

from pasti.siap_pak_rt.services.papers_sign import Consent, SigningFailed, check

log = logging.getLogger(__name__)
TIMEOUT = 20  # seconds for one attempt
PAUSES = (0.5, 2.0)  # seconds before each further attempt within the act
LARGEST = 20 * 1024 * 1024  # bytes of an answer


def sign(pdf: bytes, consent: Consent, name: str) -> bytes:
    """The PDF as BSrE signed it, after the signature in it was checked.

    Raises SigningFailed: `again` is True when the service did not answer, False when it refused the signer.
    """
    for pause in (*PAUSES, None):
        try:
            return _checked(_asked(pdf, consent, name))
        except SigningFailed as failure:
            if not failure.again or pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _asked(pdf: bytes, consent: Consent, name: str) -> bytes:
    request = _request(pdf, consent, name)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return bytes(answer.read(LARGEST + 1))
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, HTTPException) as error:
        log.warning("BSrE does not answer: %s", type(error).__name__)
        raise SigningFailed(_("Layanan tanda tangan BSrE tidak menjawab")) from None


def _request(pdf: bytes, consent: Consent, name: str) -> urllib.request.Request:
    mark = uuid.uuid4().hex
    values = {"nik": consent.nik, "passphrase": consent.passphrase, "tampilan": "invisible"}
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
             for key, value in values.items()]  # fmt: skip
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n' \
           "Content-Type: application/pdf\r\n\r\n"  # fmt: skip
    login = base64.b64encode(f"{settings.PASTI_BSRE_USER}:{settings.PASTI_BSRE_PASSWORD}".encode()).decode()
    return urllib.request.Request(
        f"{settings.PASTI_BSRE_URL.rstrip('/')}/api/sign/pdf",
        b"".join([*parts, head.encode(), pdf, f"\r\n--{mark}--\r\n".encode()]),
        {"Content-Type": f"multipart/form-data; boundary={mark}", "Authorization": f"Basic {login}"},
    )


def _refusal(error: urllib.error.HTTPError) -> SigningFailed:
    """What an error answer means for the signer; the service's own words are logged, they may change."""
    try:
        said = str(json.loads(error.read(10_000)).get("error", ""))
    except (OSError, ValueError, AttributeError, HTTPException):
        said = ""
    log.warning("BSrE answers %s: %s", error.code, said[:200])
    if error.code >= 500 or error.code in (408, 429):
        return SigningFailed(_("Layanan tanda tangan BSrE sedang terganggu"))
    if error.code in (401, 403) and "passphrase" not in said.lower():
        return SigningFailed(_("BSrE menolak sambungan kota ini. Hubungi pengelola sistem."), again=False)
    if "passphrase" in said.lower():
        return SigningFailed(_("Frasa sandi salah. Periksa lalu coba lagi."), again=False, field="passphrase")
    return SigningFailed(_("BSrE tidak mengenali NIK penanda tangan, atau sertifikatnya tidak berlaku."),
                         again=False, field="nik")  # fmt: skip


def _checked(answer: bytes) -> bytes:
    """Only a PDF whose signature holds and covers all of it is a signed letter, whatever the service calls it."""
    try:
        found = check(answer) if answer.startswith(b"%PDF-") and len(answer) <= LARGEST else None
    except Exception as error:
        log.warning("BSrE's answer cannot be read as a PDF: %s", type(error).__name__)
        found = None
    if found is None or not found.good:
        raise SigningFailed(_("Jawaban BSrE bukan surat yang bertanda tangan"))
    return answer
