"""How does a DOCX become a PDF? A converter, a LibreOffice that stays open, is asked for it over a port."""

import socket
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError
from xmlrpc.client import Binary, Error, ServerProxy, Transport

from pypdf import PdfReader

from doc_templates.container import Refused, open_parts
from doc_templates.render import AUTHOR

PATIENCE = 2.0  # seconds for the converter to take a call
LONGEST = 45.0  # seconds for a PDF, its wait behind others included: less than a job of the worker may take
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
READER = "MS Word 2007 XML"  # named, since LibreOffice would else print anything at all as plain text
WRITER = "writer_pdf_Export"
OPTIONS = ["SelectPdfVersion=2", "UseTaggedPDF=true"]  # PDF/A-2b


class Unavailable(Exception):
    """Nobody took the file: the converter is away, and may be back later."""


class Failed(Exception):
    """The converter took the file, and there is no PDF of it."""


class NotOurs(Failed):
    """The file is no DOCX that the site has made, so that the converter never sees it."""


class Converter:
    """The converter at an address, `host:port`.

    It is called as unoserver's client would, which itself tries five times ten seconds apart, and waits without end.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(f"//{address}")
        if not parts.hostname or not parts.port:
            raise ValueError(f"The converter's address is host:port, not {address!r}.")
        self.address = parts.netloc
        self.place = (parts.hostname, parts.port)

    def answers(self) -> bool:
        """Whether somebody takes calls there, within two seconds."""
        try:
            socket.create_connection(self.place, PATIENCE).close()
        except OSError:
            return False
        return True

    def pdf(self, content: bytes) -> bytes:
        """The document as PDF/A-2b with tags; its language and its title are those of the DOCX.

        Raises NotOurs for what is no document of the site's, Unavailable when nobody takes the call, and Failed
        when what comes back is no PDF with pages.
        """
        refuse_foreign(content)
        if not self.answers():
            raise Unavailable(f"No converter answers at {self.address}.")
        pdf = self._converted(content)
        if not pdf.startswith(b"%PDF-") or not has_pages(pdf):
            raise Failed("The converter gave back no PDF with pages.")
        return pdf

    def _converted(self, content: bytes) -> bytes:
        with ServerProxy(f"http://{self.address}", Bounded(LONGEST), allow_none=True) as converter:
            try:
                made = converter.convert(None, content, None, "pdf", WRITER, OPTIONS, False, READER, None)
            except ConnectionRefusedError as error:
                raise Unavailable(f"No converter answers at {self.address}.") from error
            except (OSError, HTTPException, Error, ExpatError) as error:
                raise Failed(f"The converter made no PDF: {error}") from error
        if not isinstance(made, Binary):
            raise Failed("The converter gave back no file.")
        return made.data


class Bounded(Transport):
    """Calls that end, and are made once: the standard library's have no limit, and are made anew when cut short."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def make_connection(self, host: str | tuple[str, dict[str, str]]) -> HTTPConnection:
        connection = super().make_connection(host)
        connection.timeout = self.seconds
        return connection

    def request(self, *call: Any, **named: Any) -> Any:
        return self.single_request(*call, **named)


def refuse_foreign(content: bytes) -> None:
    """Raises NotOurs for what is no plain DOCX, reaches outside itself, or was not made by the site."""
    try:
        trees, findings = open_parts(content)
    except Refused as refused:
        raise NotOurs(refused.finding.what) from refused
    if findings:
        raise NotOurs(findings[0].what)
    core = trees.get("docProps/core.xml")
    if core is None or core.findtext(CREATOR) != AUTHOR:
        raise NotOurs("The file was not made by this site.")


def has_pages(pdf: bytes) -> bool:
    """Whether it can be opened and has a page; that it cannot, pypdf says by an exception of nearly any kind."""
    try:
        return len(PdfReader(BytesIO(pdf)).pages) > 0
    except Exception:
        return False
