"""Who seals and signs in the tests? Real keys, made here, and poppler's own look at what they have signed."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pypdf import PdfReader, PdfWriter

from commitments import seal_keys

PASSWORD = "oikea hevonen"


class Signer:
    """A key with a certificate: an issuer's own, or one that an issuer has given to a person."""

    def __init__(self, name: str, issuer: "Signer | None" = None, **parts: str) -> None:
        names = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        names += [x509.NameAttribute(getattr(NameOID, part), value) for part, value in parts.items()]
        self.key, self.subject = ec.generate_private_key(ec.SECP256R1()), x509.Name(names)
        by = issuer or self
        use = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        use |= {"digital_signature": True, "content_commitment": True, "key_cert_sign": not issuer, "crl_sign": False}
        self.certificate = (
            x509.CertificateBuilder(by.subject, self.subject, self.key.public_key(), x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**use), critical=True)
            .sign(by.key, SHA256())
        )
        bundle = pkcs12.serialize_key_and_certificates(b"k", self.key, self.certificate, None, NoEncryption())
        self.signer = SimpleSigner.load_pkcs12_data(bundle, [])

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, pdf: bytes, box: tuple[int, int, int, int] | None = None) -> bytes:
        """The PDF with this signature behind it; a box makes it visible on the first page."""
        field = f"Signature{pdf.count(b'/ByteRange') + 1}"
        about = PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
        spec = SigFieldSpec(field, box=box)
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        with ThreadPoolExecutor(1) as thread:  # pyHanko runs a loop, and so does a browser test before this one
            signing = PdfSigner(about, self.signer, new_field_spec=spec).sign_pdf
            return thread.submit(signing, writer).result().getvalue()


def a_seal_key(folder: Path, name: str = "Kaikukeskus, sinetti") -> Path:
    """A file with the site's key, under PASSWORD."""
    file = folder / f"{name}.p12"
    seal_keys.write_once(file, seal_keys.made_key(name, PASSWORD.encode()))
    return file


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler says of the signatures."""
    file = folder / "looked-at.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, timeout=30)
    return told.stdout


# --- What happens to files ------------------------------------------------------------------------
def with_a_byte_changed(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def with_text(pdf: bytes, text: str = "EI VOIMASSA") -> bytes:
    """The PDF with words across its first page, added by an incremental update: its first bytes are the same."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    words = writer.add_object(StreamObject(stream_data=f"BT /F1 40 Tf 50 400 Td ({text}) Tj ET".encode()))
    writer.add_stream_to_page(0, words)
    return _written(writer)


def named(**entries: Any) -> generic.DictionaryObject:
    """A dictionary of a PDF: named(Type="/Annot")."""
    values = {key: generic.NameObject(one) if type(one) is str else one for key, one in entries.items()}
    return generic.DictionaryObject({generic.NameObject(f"/{key}"): one for key, one in values.items()})


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(generic.NumberObject(one) for one in values)


def with_words_in(pdf: bytes, listed: bool, signature: dict[str, Any] | None = None, **field: Any) -> bytes:
    """The PDF with words laid over its first page by a field or a note, added by an incremental update; `listed` among
    the fields of the file; `signature` is what the field holds."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    font = writer.add_object(named(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica"))
    look = named(Type="/XObject", Subtype="/Form", BBox=numbers(0, 0, 500, 100))
    look[generic.NameObject("/Resources")] = named(Font=named(F=font))
    words = writer.add_object(StreamObject(dict_data=look, stream_data=b"BT /F 48 Tf 10 30 Td (EI VOIMASSA) Tj ET"))
    entries = {"Rect": numbers(50, 400, 550, 500), "F": numbers(4)[0], "AP": named(N=words)} | field
    if signature:
        entries["V"] = writer.add_object(named(**signature))
    made = writer.add_object(named(Type="/Annot", **entries))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    page.get_object()[generic.NameObject("/Annots")] = generic.ArrayObject([*_annotations(page.get_object()), made])
    writer.mark_update(page)
    if listed:
        form = named(Fields=generic.ArrayObject([*_fields(writer.root), made]), SigFlags=numbers(3)[0])
        writer.root[generic.NameObject("/AcroForm")] = form
        writer.update_root()
    return _written(writer)


def _annotations(page: Any) -> list[Any]:
    return list(page["/Annots"]) if "/Annots" in page else []


def _fields(root: Any) -> list[Any]:
    return list(root["/AcroForm"]["/Fields"]) if "/AcroForm" in root else []


def with_a_page(pdf: bytes) -> bytes:
    """The PDF with an empty page appended by an incremental update."""
    writer = PdfWriter(BytesIO(pdf), incremental=True)
    writer.add_blank_page(595, 842)
    return _written(writer)


def saved_anew(pdf: bytes) -> bytes:
    """The PDF as a program writes it that has opened it: the same pages, every byte anew."""
    return _written(PdfWriter(clone_from=PdfReader(BytesIO(pdf))))


def _written(writer: Any) -> bytes:
    made = BytesIO()
    writer.write(made)
    return made.getvalue()
