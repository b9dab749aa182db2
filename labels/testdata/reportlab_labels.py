"""Labels with ReportLab, for BenchmarkPrograms: A6 pages with a code and the same texts as ours.

usage: reportlab_labels.py libqrencode|widget ROWS.csv OUT.pdf
"""
import csv
import sys

from reportlab.lib.units import mm
from reportlab.pdfgen import canvas


def libqrencode(c, text):
    """The code by libqrencode (package python3-qrencode), its modules as merged rectangles."""
    import qrencode
    version, size, image = qrencode.encode(text, version=8, level=qrencode.QR_ECLEVEL_Q, hint=qrencode.QR_MODE_8, case_sensitive=True)
    pixels = image.convert("L").tobytes()
    side = 37 * mm / size
    path = c.beginPath()
    for y in range(size):
        row = pixels[y * size:(y + 1) * size]
        x = 0
        while x < size:
            if row[x] == 0:
                end = x
                while end < size and row[end] == 0:
                    end += 1
                path.rect(58 * mm + x * side, 10 * mm + (size - 1 - y) * side, (end - x) * side, side)
                x = end
            else:
                x += 1
    c.drawPath(path, stroke=0, fill=1)


def widget(c, text):
    """The code by ReportLab's own widget."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    d = Drawing(37 * mm, 37 * mm)
    d.add(QrCodeWidget(text, barLevel="Q", barWidth=37 * mm, barHeight=37 * mm))
    renderPDF.draw(d, c, 58 * mm, 10 * mm)


def main():
    code = {"libqrencode": libqrencode, "widget": widget}[sys.argv[1]]
    c = canvas.Canvas(sys.argv[3], pagesize=(105 * mm, 148 * mm), pageCompression=1)
    with open(sys.argv[2], newline="") as f:
        for row in csv.reader(f):
            c.setFont("Helvetica-Bold", 10)
            for i, text in enumerate(row[1:]):
                c.drawString(5 * mm, (140 - 6 * i) * mm, text)
            code(c, row[0])
            c.showPage()
    c.save()


main()
