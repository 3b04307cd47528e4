"""Tokens signed by a certificate they carry (RFC 7515, header x5c), and the certificate of a key of our own."""

from __future__ import annotations

import binascii
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pasti.identity.rules import jws
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import PublicKey, Token


def leaf(token: Token) -> x509.Certificate:
    """The certificate of the signer, the first of the chain. Raises Invalid("x5c")."""
    chain = token.header.get("x5c")
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        raise Invalid("x5c", "no certificate")
    try:
        return x509.load_der_x509_certificate(binascii.a2b_base64(chain[0], strict_mode=True))
    except (ValueError, binascii.Error) as wrong:
        raise Invalid("x5c", "not a certificate") from wrong


def key_of(certificate: x509.Certificate) -> PublicKey:
    """The P-256 key of a certificate. Raises Invalid("key")."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Invalid("key", "not a P-256 key")
    return key


def verified(text: str, typ: str) -> Token:
    """The token of kind `typ`, signed by the certificate in it. Whether that one is trusted is another question.

    Raises Invalid("encoding" | "typ" | "alg" | "x5c" | "key" | "signature").
    """
    token = jws.parse(text)
    jws.expect(token, typ)
    if not jws.signed_by(token, key_of(leaf(token))):
        raise Invalid("signature")
    return token


def text_of(certificate: x509.Certificate) -> str:
    """The certificate as `x5c` carries it."""
    return binascii.b2a_base64(certificate.public_bytes(Encoding.DER), newline=False).decode()


def hash_of(certificate: x509.Certificate) -> str:
    """The certificate's name after the prefix x509_hash (OpenID4VP 1.0, 5.9.3)."""
    return jws.b64(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest())
