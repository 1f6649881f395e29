"""A PDF of one page with a few lines of text, written by hand.

Owns just enough of the format for the download of an invoice: ASCII text in Helvetica.
"""

import re

TOP = 760
LEFT = 64
LEADING = 22


def document(lines: list[str]) -> bytes:
    """The file. What is not ASCII becomes a question mark."""
    texts = [re.sub(r"([\\()])", r"\\\1", line) for line in lines]
    shown = "".join(f"({line}) Tj 0 -{LEADING} Td " for line in texts)
    stream = f"BT /F1 12 Tf {LEFT} {TOP} Td {shown}ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, table, trailer)
