"""Electronic signatures in the PDF (PAdES, ETSI EN 319 142), by the driver the city chose."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pasti.kernel.clock import now
from pasti.platform import secret_files
from pasti.siap_pak_rt.models import Paper

FIELD = "TandaTangan"
ROOM = 8192  # bytes kept for the signature; said beforehand, or it would be made twice to be measured
LIFE = dt.timedelta(days=3650)
_signing = threading.Lock()


class SigningFailed(Exception):
    """The signature could not be made now; the words are for the people who wait. Worth another try when `again`."""

    def __init__(self, words: str, *, again: bool = True, field: str = ""):
        super().__init__(words)
        self.words, self.again, self.field = words, again, field


@dataclass(frozen=True)
class Consent:
    """What the signer gives for this one act: who signs at the provider, and the passphrase, which is never kept."""

    nik: str
    passphrase: str

    def __repr__(self) -> str:
        return "Consent(…)"


@dataclass(frozen=True)
class SignatureCheck:
    """What a signature in a PDF says about the file."""

    intact: bool
    whole: bool
    signer: str = ""

    @property
    def good(self) -> bool:
        """True when the signature holds and covers the whole file, with nothing added after it."""
        return self.intact and self.whole


def sign(pdf: bytes, paper: Paper, driver: str, consent: Consent | None) -> bytes:
    """The PDF signed by `driver`. Raises SigningFailed."""
    return _DRIVERS[driver](pdf, paper, consent)


def check(pdf: bytes) -> SignatureCheck | None:
    """What the one signature of `pdf` says; None without one. For our own files: strangers' are only compared.

    Trust comes from the file being ours; for the city's own certificate it is checked besides.
    """
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(found) != 1:
        return None
    status = validate_pdf_signature(found[0], ValidationContext(trust_roots=_roots(), allow_fetching=False))
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and status.docmdp_ok is not False
    return SignatureCheck(status.intact and status.valid, whole, status.signing_cert.subject.human_friendly)


def local_file() -> Path:
    """Where the city's own test key lies."""
    name = settings.PASTI_CITY.get("code", "kota").replace(".", "-")
    return Path(settings.PASTI_DATA_DIR) / "tanda-tangan" / f"{name}.p12"


def local_signer() -> signers.SimpleSigner:
    """The signer with the city's test certificate, made on first use; whoever comes second finds the first's."""
    place = local_file()
    if not place.exists():
        _make(place)
    return _loaded(place, place.stat().st_mtime_ns)


@cache
def _loaded(place: Path, stamp: int) -> signers.SimpleSigner:
    signer = signers.SimpleSigner.load_pkcs12(str(place))
    if signer is None:
        raise SigningFailed("Kunci tanda tangan kota tidak terbaca")
    return signer


def _roots() -> list[asn1.Certificate]:
    return [local_signer().signing_cert] if local_file().exists() else []


def _local(pdf: bytes, paper: Paper, consent: Consent | None) -> bytes:
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, reason=f"Penerbitan {paper.title} {paper.number}", location=paper.issuer,
        name=paper.content["signer_name"], certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256",
    )  # fmt: skip
    with _signing:  # pyHanko runs a loop of its own for each signature
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signed = signers.PdfSigner(meta, local_signer()).sign_pdf(writer, bytes_reserved=ROOM)
    return bytes(signed.getvalue())


def _bsre(pdf: bytes, paper: Paper, consent: Consent | None) -> bytes:
    from pasti.siap_pak_rt.services import papers_bsre

    if consent is None:
        raise SigningFailed("Menunggu frasa sandi penanda tangan", again=False)
    return papers_bsre.sign(pdf, consent, f"{paper.pk}.pdf")


def _none(pdf: bytes, paper: Paper, consent: Consent | None) -> bytes:
    return pdf


def _make(place: Path) -> None:
    with secret_files.alone(place.parent):
        if not place.exists():  # else another was first
            secret_files.put(place, _test_identity(settings.PASTI_CITY.get("name", "Kota")))


def _test_identity(city: str) -> bytes:
    """A key of its own and a certificate that says of itself that it is a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    parts = {NameOID.COUNTRY_NAME: "ID", NameOID.ORGANIZATION_NAME: city[:60],
             NameOID.COMMON_NAME: f"SERTIFIKAT UJI {city}"[:60]}  # fmt: skip
    name = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts.items()])
    usage = x509.KeyUsage(digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                          key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False,
                          decipher_only=False)  # fmt: skip
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now() - dt.timedelta(days=1))
        .not_valid_after(now() + LIFE).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    return pkcs12.serialize_key_and_certificates(city.encode(), key, certificate, None, NoEncryption())


_DRIVERS: dict[str, Callable[[bytes, Paper, Consent | None], bytes]] = {
    Paper.Signature.LOCAL: _local,
    Paper.Signature.BSRE: _bsre,
    Paper.Signature.NONE: _none,
}
