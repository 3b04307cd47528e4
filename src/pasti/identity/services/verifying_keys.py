"""The key and certificate by which the city's verifiers sign their questions, in the data folder, outside the database.

The certificate is the verifier's name to a wallet (client_id x509_hash). A city that has one from a certificate authority
puts its key and certificate in place of these two files.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from pasti.identity.rules import jws, x5c
from pasti.identity.rules.jws import LocalKey
from pasti.kernel.clock import now
from pasti.platform import secret_files

LIFE = dt.timedelta(days=3650)


def signing() -> tuple[LocalKey, x509.Certificate]:
    """The key that signs questions and its certificate; both are made on first use."""
    folder = Path(settings.PASTI_DATA_DIR) / "kunci" / "pemeriksa"
    if not (folder / "sertifikat.pem").exists():
        _make(folder)
    return _loaded(folder, (folder / "sertifikat.pem").stat().st_mtime_ns)


def client_id() -> str:
    """The verifiers' name to a wallet (OpenID4VP 1.0, 5.9.3)."""
    return f"x509_hash:{x5c.hash_of(signing()[1])}"


@cache
def _loaded(folder: Path, stamp: int) -> tuple[LocalKey, x509.Certificate]:
    key = serialization.load_pem_private_key((folder / "kunci.pem").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((folder / "sertifikat.pem").read_bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return LocalKey(jws.thumbprint(jws.jwk_of(key.public_key())), key), certificate


def _make(folder: Path) -> None:
    with secret_files.alone(folder):
        if not (folder / "sertifikat.pem").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
            secret_files.put(folder / "kunci.pem", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
            secret_files.put(folder / "sertifikat.pem", _certificate(key).public_bytes(pem))


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(settings.PASTI_CITY.get("name", "PASTI"))[:64])])
    host = urlsplit(settings.PASTI_BASE_URL).hostname or "localhost"
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - dt.timedelta(hours=1))
        .not_valid_after(now() + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
