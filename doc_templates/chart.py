"""How does a chart come into a document? As bars that Word draws itself, with words for those who do not see them."""

import io
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from lxml import etree

from doc_templates.layout import XML
from doc_templates.render import LOCALES, dated

DRAWINGML = "http://schemas.openxmlformats.org/drawingml/2006"
NS = f'xmlns:c="{DRAWINGML}/chart" xmlns:a="{DRAWINGML}/main"'
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
A_POINT = 12_700  # English metric units
WIDTH, BAR_HEIGHT, EDGES = 467, 34, 30  # points: the text's width, a bar's share, and the axis
FILL, INK, LINE = "2F6B4F", "14211B", "C3CCC3"
LOWEST, HIGHEST = 1, 5

Bars = list[tuple[str, float]]  # each with its label


def with_chart(document: bytes, words: str, bars: Bars, *, language: str, moment: datetime) -> bytes:
    """The document with the chart before the paragraph that says the words; as it is when it has no such paragraph.

    The same arguments give the same bytes.
    """
    opened = Document(io.BytesIO(document))
    place = next((one for one in opened.paragraphs if words and one.text == words), None)
    if place is None:
        return document
    part = Part(
        PackURI("/word/charts/chart1.xml"), CHART_TYPE, _chart(bars, LOCALES[language]).encode(), opened.part.package
    )
    place._p.addprevious(etree.fromstring(_paragraph(opened.part.relate_to(part, RT.CHART), words, len(bars))))
    result = io.BytesIO()
    opened.save(result)
    return dated(result, moment)


def _paragraph(relation: str, words: str, count: int) -> str:
    """The paragraph that holds the chart and stays on one page with the words below it."""
    width, height = WIDTH * A_POINT, (count * BAR_HEIGHT + EDGES) * A_POINT
    main = qn("w:p")[1:].partition("}")[0]
    drawing = f"{DRAWINGML}/wordprocessingDrawing"
    return (
        f'<w:p xmlns:w="{main}" xmlns:wp="{drawing}" xmlns:r="{RT.OFFICE_DOCUMENT.rpartition("/")[0]}" {NS}>'
        f'<w:pPr><w:keepNext/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="1" name="Chart 1" descr={quoteattr(words)}/>'
        f'<a:graphic><a:graphicData uri="{DRAWINGML}/chart"><c:chart r:id="{relation}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def _chart(bars: Bars, locale: str) -> str:
    """Bars from the left, the first one on top, each with its value at its end."""
    axes = '<c:axId val="1"/><c:axId val="2"/>'
    values = _points([value for _label, value in bars])
    series = (
        '<c:ser><c:idx val="0"/><c:order val="0"/>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{FILL}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>{_labels()}'
        f"<c:cat><c:strLit>{_points([label for label, _value in bars])}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>0.0</c:formatCode>{values}</c:numLit></c:val>"
        "</c:ser>"
    )
    plot = (
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="60"/>{axes}</c:barChart>{_names()}{_scale()}'
    )
    return (
        f'{XML}<c:chartSpace {NS}><c:lang val="{locale}"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/>'
        f'<c:plotArea><c:layout/>{plot}</c:plotArea><c:plotVisOnly val="1"/></c:chart>'
        f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"><a:solidFill><a:srgbClr val="{INK}"/></a:solidFill>'
        '<a:latin typeface="Calibri"/></a:defRPr></a:pPr><a:endParaRPr lang="{locale}"/></a:p></c:txPr></c:chartSpace>'
    )


def _points(values: list[str] | list[float]) -> str:
    points = "".join(
        f'<c:pt idx="{number}"><c:v>{escape(str(value))}</c:v></c:pt>' for number, value in enumerate(values)
    )
    return f'<c:ptCount val="{len(values)}"/>{points}'


def _labels() -> str:
    shown = {"LegendKey": 0, "Val": 1, "CatName": 0, "SerName": 0, "Percent": 0, "BubbleSize": 0}
    said = "".join(f'<c:show{name} val="{value}"/>' for name, value in shown.items())
    return f'<c:dLbls><c:numFmt formatCode="0.0" sourceLinked="0"/><c:dLblPos val="outEnd"/>{said}</c:dLbls>'


def _names() -> str:
    return (
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'{_line()}<c:crossAx val="2"/><c:crosses val="min"/></c:catAx>'
    )


def _scale() -> str:
    return (
        f'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:max val="{HIGHEST}"/>'
        f'<c:min val="{LOWEST}"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:majorGridlines>{_line()}'
        '</c:majorGridlines><c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_line()}<c:crossAx val="1"/><c:crosses val="max"/>'
        '<c:majorUnit val="1"/></c:valAx>'
    )


def _line() -> str:
    return f'<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{LINE}"/></a:solidFill></a:ln></c:spPr>'
