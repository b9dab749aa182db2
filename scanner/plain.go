package scanner

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
)

// plainPixels is the largest picture that is given to gozxing, which copies it several
// times.
const plainPixels = 12_000_000

// plain reads a picture by gozxing alone, with both of its binarizers: the last resort for
// photographs, where time doesn't matter.
func plain(img *image.Gray) (scans []Scan) {
	if img.Rect.Dx()*img.Rect.Dy() > plainPixels {
		return nil
	}
	// It can panic on noise that looks like a symbol.
	defer func() {
		if recover() != nil {
			scans = nil
		}
	}()
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, binarizer := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		bitmap, err := gozxing.NewBinaryBitmap(binarizer(gozxing.NewLuminanceSourceFromImage(img)))
		if err != nil {
			return nil
		}
		found, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints)
		if err != nil || len(found) == 0 {
			continue
		}
		for _, f := range found {
			scans = append(scans, Scan{Text: f.GetText(), Corners: plainCorners(f.GetResultPoints())})
		}
		return scans
	}
	return nil
}

// plainCorners makes the corners of gozxing's points, which are the centres of the finder
// patterns, the lower left one first, and of the alignment pattern where it was found. The
// module is not known, so these are the centres themselves and the fourth of their
// parallelogram.
func plainCorners(p []gozxing.ResultPoint) (c [4]Point) {
	if len(p) < 3 {
		return c
	}
	at := func(i int) Point { return Point{p[i].GetX(), p[i].GetY()} }
	bl, tl, tr := at(0), at(1), at(2)
	return [4]Point{tl, tr, {tr.X + bl.X - tl.X, tr.Y + bl.Y - tl.Y}, bl}
}
