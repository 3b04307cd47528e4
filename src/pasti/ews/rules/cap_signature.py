"""Enveloped XML signatures on CAP messages (CAP 1.2, section 3.3.4.1; XMLDSig 1.1).

Made with ECDSA P-256 and SHA-256, the signature as the last child of `alert`. Verified against the certificate that is
known for the sender, never against whatever certificate the message brings: anybody can sign with a key of their own.
What a signature covers is checked too, so that no second content can hide beside what was signed (signature wrapping).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from pasti.ews.rules import cap_guard
from pasti.ews.rules.cap_fault import CapFault, CapRefused
from pasti.ews.rules.cap_message import NAMESPACE, SIGNATURE

METHODS = frozenset({
    SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
    SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
})  # fmt: skip
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
ENVELOPED = f"{SIGNATURE}enveloped-signature"
CANONICAL = frozenset(str(method.value) for method in CanonicalizationMethod)
_ALERT, _SIGNATURE = f"{{{NAMESPACE}}}alert", f"{{{SIGNATURE}}}Signature"


def sign(content: bytes, key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    """The message with its signature. These bytes are kept and served; serialising again could break it."""
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped, signature_algorithm=SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256, c14n_algorithm=EXCLUSIVE,
    )  # fmt: skip
    signed = signer.sign(cap_guard.document(content), key=key, cert=[certificate])
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def is_signed(content: bytes) -> bool:
    """True when the message carries any signature. Raises CapRefused."""
    return next(cap_guard.document(content).iter(_SIGNATURE), None) is not None


def verify(content: bytes, certificate: x509.Certificate, at: dt.datetime) -> None:
    """Refuse the message unless it was signed, whole and unchanged, with the key of `certificate`.

    `at` is when the certificate must have been valid: the time the message was sent. Raises CapRefused.
    """
    root = cap_guard.document(content)
    _covers_all(root)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise _refused("sertifikat-lewat", "Sertifikat tidak berlaku pada waktu pesan dikirim",
                       "The certificate was not valid when the message was sent")  # fmt: skip
    expected = SignatureConfiguration(
        location="./", expect_references=1, signature_methods=METHODS, digest_algorithms=DIGESTS, verification_time=at
    )
    try:
        result = XMLVerifier().verify(content, x509_cert=certificate, expect_config=expected)
    except (SignXMLException, ValueError, TypeError) as error:
        raise _refused("tanda-tangan", f"Tanda tangan tidak cocok ({type(error).__name__})",
                       f"The signature does not verify ({type(error).__name__})") from None  # fmt: skip
    if not isinstance(result, VerifyResult) or result.signed_xml is None or result.signed_xml.tag != _ALERT:
        raise _refused("tanda-tangan", "Yang ditandatangani bukan peringatan ini", "Something else was signed")


def _covers_all(root: Any) -> None:
    """One signature, the last child of the alert, over the whole document and nothing else."""
    found = list(root.iter(_SIGNATURE))
    if root.tag != _ALERT or len(found) != 1 or found[0].getparent() is not root or root[-1] is not found[0]:
        raise _refused("letak-tanda-tangan", "Harus ada tepat satu tanda tangan, sebagai unsur terakhir",
                       "There must be exactly one signature, as the last element")  # fmt: skip
    references = list(found[0].iter(f"{{{SIGNATURE}}}Reference"))
    transforms = [one.get("Algorithm") for one in found[0].iter(f"{{{SIGNATURE}}}Transform")]
    whole = len(references) == 1 and references[0].get("URI") == ""
    if not whole or transforms[:1] != [ENVELOPED] or not set(transforms[1:]) <= CANONICAL or len(transforms) > 2:
        raise _refused("cakupan-tanda-tangan", "Tanda tangan tidak mencakup seluruh pesan",
                       "The signature does not cover the whole message")  # fmt: skip
    if next(found[0].iter(f"{{{SIGNATURE}}}Object"), None) is not None:
        raise _refused("cakupan-tanda-tangan", "Tanda tangan membawa isi lain", "The signature carries other content")


def _refused(code: str, id_: str, en: str) -> CapRefused:
    return CapRefused(CapFault(code, "alert/Signature", id_, en, "3.3.4.1"))
