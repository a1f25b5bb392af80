"""Which key seals here, and which certificates have ever sealed?"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.files.storage import default_storage

from commitments.storage import digest_of, store

FOLDER = "seals"
TRYING = "Kaikupolku: for trying only"
YEARS = 10


class Unusable(Exception):
    """The key that is configured cannot seal. Says why, for those who keep the site."""


class Key(NamedTuple):
    """The key as it lies in its file, and its certificate."""

    file: bytes
    password: bytes
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, by which it is told from every other."""
        return digest_of(self.der)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def name(self) -> str:
        """Whose key it is, as its certificate says."""
        return name_of(self.certificate)


def name_of(certificate: x509.Certificate) -> str:
    """Whom the certificate names."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def is_configured() -> bool:
    """Whether this site seals at all: by a key of its configuration, or as a demo by one of its own."""
    return settings.SEAL_KEY is not None or for_trying()


def for_trying() -> bool:
    """Whether the key is one that the demo has made: its seal proves nothing to anybody."""
    return settings.DEMO and settings.SEAL_KEY is None


def key() -> Key:
    """The key that seals now. Raises Unusable when there is none, it cannot be opened, or it is out of date."""
    if not is_configured():
        raise Unusable("no SEAL_KEY is set")
    password = b"" if for_trying() else settings.SEAL_PASSWORD.encode()
    try:
        found = opened((settings.SEAL_KEY or _trying_key()).read_bytes(), password)
    except (OSError, ValueError) as error:
        raise Unusable(f"SEAL_KEY cannot be opened: {error}") from error
    until = found.certificate.not_valid_after_utc
    if not found.certificate.not_valid_before_utc <= datetime.now(UTC) <= until:
        raise Unusable(f"the certificate of SEAL_KEY is valid only until {until:%Y-%m-%d}")
    return found


def opened(content: bytes, password: bytes) -> Key:
    """The key of a PKCS #12 file. Raises ValueError when it is none, or the password is another."""
    private, certificate, _others = pkcs12.load_key_and_certificates(content, password or None)
    if private is None or certificate is None:
        raise ValueError("it must hold a key together with its certificate")
    return Key(content, password, certificate)


def fault() -> str:
    """Why nothing can be sealed although a key is configured; empty when all is well."""
    if is_configured():
        try:
            key()
        except Unusable as error:
            return str(error)
    return ""


# --- Making one -----------------------------------------------------------------------------------
def made_key(name: str, password: bytes = b"") -> bytes:
    """A new key (EC P-256) with a certificate that it has signed itself, as PKCS #12."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject, today = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    use = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(minutes=5))
        .not_valid_after(today + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, SHA256())
    )
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"seal", private, certificate, None, locked)


def write_once(file: Path, content: bytes) -> bool:
    """The file is there, whole and for its owner alone; False when one was there before, which stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{uuid4().hex}")
    draft.touch(0o600)
    draft.write_bytes(content)
    # Site and worker may begin at once: a link keeps the first key, where a move would keep the last.
    with suppress(FileExistsError):
        file.hardlink_to(draft)
        draft.unlink()
        return True
    draft.unlink()
    return False


def _trying_key() -> Path:
    """The demo's own key, made when it is first asked for."""
    file = settings.VAR_DIR / "seal.p12"
    if not file.exists():
        write_once(file, made_key(TRYING))
    return file


# --- The certificates that have sealed ------------------------------------------------------------
def remember(used: Key) -> None:
    """The certificate is known here for ever, also when another key seals."""
    store(used.der, FOLDER, "cer")


def is_known(fingerprint: str) -> bool:
    """Whether a seal by this certificate is one of this site's. Its file is named by the fingerprint."""
    return default_storage.exists(_name(fingerprint))


def known() -> Iterator[bytes]:
    """Every certificate that has sealed here, as it is exchanged (DER)."""
    with suppress(FileNotFoundError):
        for folder in sorted(default_storage.listdir(FOLDER)[0]):
            for name in sorted(default_storage.listdir(f"{FOLDER}/{folder}")[1]):
                with default_storage.open(f"{FOLDER}/{folder}/{name}") as file:
                    yield file.read()


def _name(fingerprint: str) -> str:
    return f"{FOLDER}/{fingerprint[:2]}/{fingerprint}.cer"
