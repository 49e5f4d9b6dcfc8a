"""A link as the square that a phone photographs."""

import io

import segno

MODULE = 5  # pixels: a phone reads it on a screen


def square(link: str) -> str:
    """Draw a link as a QR code (ISO/IEC 18004, level M, with its quiet zone), in SVG."""
    drawing = io.BytesIO()
    segno.make_qr(link, error="m").save(
        drawing, kind="svg", scale=MODULE, border=4, xmldecl=False, svgclass=None, lineclass=None
    )
    return drawing.getvalue().decode()
