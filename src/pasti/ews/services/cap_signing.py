"""The city's key for CAP messages, in the data folder outside the database, and the signing of what goes out.

Key and certificate are made on the first start. A city that has a certificate from an authority puts its key and
certificate in place of these two files. The certificates of other senders, got from them by another way than the message,
lie in `kunci/cap/pengirim/`, each named after its sender (`cuaca.ekstrem@bmkg.go.id.pem`).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext as _

from pasti.ews import schemas
from pasti.ews.rules import cap_check, cap_signature, cap_write
from pasti.ews.rules.cap_fault import CapRefused
from pasti.ews.rules.cap_message import Alert
from pasti.ews.services import cap_words
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.platform import secret_files

LIFE = dt.timedelta(days=3650)
LONGEST_FILE_NAME = 255


def issue(alert: Alert) -> bytes:
    """The message written and signed: the bytes to keep and to serve.

    Raises Refused ("cap-tidak-sah") when it would break the standard: nothing invalid ever leaves the city.
    """
    content = cap_write.write(alert)
    verdict = cap_check.strict(content, schemas.cap12())
    if not verdict.valid:
        words = _("Peringatan tidak sah menurut CAP: %(faults)s") % {"faults": cap_words.sentence(verdict.faults)}
        raise Refused("cap-tidak-sah", words, status=422)
    key, certificate = signing()
    return cap_signature.sign(content, key, certificate)


def signing() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The city's key and its certificate; both are made on first use."""
    place = folder()
    if not (place / "sertifikat.pem").exists():
        _make(place)
    return _loaded(place, (place / "sertifikat.pem").stat().st_mtime_ns)


def certificate_pem() -> bytes:
    """The certificate, for everybody who wants to verify our messages."""
    return signing()[1].public_bytes(serialization.Encoding.PEM)


def known_certificate(sender: str) -> x509.Certificate | None:
    """The certificate that was laid down for another sender; None when there is none."""
    name = f"{quote(sender, safe='@. ')}.pem"
    place = folder() / "pengirim" / name
    if len(name) > LONGEST_FILE_NAME or not place.is_file():
        return None
    return x509.load_pem_x509_certificate(place.read_bytes())


def check_own(content: bytes, sent: dt.datetime) -> bool:
    """True when these bytes are a message of ours, whole and unchanged."""
    try:
        cap_signature.verify(content, signing()[1], sent)
    except CapRefused:
        return False
    return True


def folder() -> Path:
    """Where keys and certificates of CAP lie."""
    return Path(settings.PASTI_DATA_DIR) / "kunci" / "cap"


@cache
def _loaded(place: Path, stamp: int) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = serialization.load_pem_private_key((place / "kunci.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate((place / "sertifikat.pem").read_bytes())


def _make(place: Path) -> None:
    with secret_files.alone(place):
        if not (place / "sertifikat.pem").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
            secret_files.put(place / "kunci.pem", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
            secret_files.put(place / "sertifikat.pem", _certificate(key).public_bytes(pem))


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    city = str(settings.PASTI_CITY.get("name", "PASTI"))[:50]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CAP {city}")])
    host = urlsplit(settings.PASTI_BASE_URL).hostname or "localhost"
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A played evening sends its warnings at the evening's own hour, which is past.
        .not_valid_before(now() - dt.timedelta(days=2))
        .not_valid_after(now() + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
