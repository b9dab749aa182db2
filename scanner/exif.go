package scanner

import (
	"encoding/binary"
	"image"
)

// orientation reads the EXIF orientation of a JPEG, 1 to 8 (TIFF 6.0, tag 274); 1, which is
// upright, where there is none. EXIF 2.32, 4.5.2 and 4.7.2: the APP1 segment holds a TIFF
// file whose first directory has the tag.
func orientation(jpeg []byte) int {
	const upright = 1
	if len(jpeg) < 4 || jpeg[0] != 0xff || jpeg[1] != 0xd8 {
		return upright
	}
	for b := jpeg[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker, n := b[1], int(binary.BigEndian.Uint16(b[2:]))
		if marker == 0xda || n < 2 || len(b) < 2+n { // the picture itself begins, or cut off
			return upright
		}
		segment := b[4 : 2+n]
		if marker == 0xe1 && len(segment) > 14 && string(segment[:6]) == "Exif\x00\x00" {
			return tiffOrientation(segment[6:])
		}
		b = b[2+n:]
	}
	return upright
}

func tiffOrientation(b []byte) int {
	const upright, tag = 1, 274
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := order.Uint32(b[4:])
	if uint64(at)+2 > uint64(len(b)) {
		return upright
	}
	entries := int(order.Uint16(b[at:]))
	for e := b[at+2:]; entries > 0 && len(e) >= 12; e, entries = e[12:], entries-1 {
		if order.Uint16(e) == tag {
			if v := int(order.Uint16(e[8:])); v >= 1 && v <= 8 {
				return v
			}
			return upright
		}
	}
	return upright
}

// upright gives the picture's luminance, turned and mirrored as the orientation says.
func upright(img image.Image, orientation int) *image.Gray {
	src := gray(img)
	if orientation <= 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewGray(image.Rect(0, 0, dw, dh))
	for y := range h {
		row := src.Pix[y*src.Stride:][:w]
		for x, v := range row {
			dx, dy := x, y
			switch orientation {
			case 2:
				dx = w - 1 - x
			case 3:
				dx, dy = w-1-x, h-1-y
			case 4:
				dy = h - 1 - y
			case 5:
				dx, dy = y, x
			case 6:
				dx, dy = h-1-y, x
			case 7:
				dx, dy = h-1-y, w-1-x
			case 8:
				dx, dy = y, w-1-x
			}
			dst.Pix[dy*dst.Stride+dx] = v
		}
	}
	return dst
}

// gray is the picture's luminance with its origin at 0, 0. Grey and JPEG pictures are not
// copied.
func gray(img image.Image) *image.Gray {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.Gray:
		return &image.Gray{Pix: m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], Stride: m.Stride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	case *image.YCbCr:
		return &image.Gray{Pix: m.Y[m.YOffset(b.Min.X, b.Min.Y):], Stride: m.YStride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	}
	dst := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := dst.Pix[y*dst.Stride:][:b.Dx()]
		switch m := img.(type) {
		case *image.RGBA:
			luminance(row, m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):])
		case *image.NRGBA:
			s := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):]
			luminance(row, s)
			for x := range row { // what shows through is paper
				if a := uint32(s[4*x+3]); a < 255 {
					row[x] = uint8((uint32(row[x])*a + 255*(255-a)) / 255)
				}
			}
		default:
			for x := range row {
				r, g, b, a := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				row[x] = uint8((19595*r+38470*g+7471*b+1<<15)>>24 + (0xffff-a)>>8)
			}
		}
	}
	return dst
}

// luminance weighs red, green and blue as JFIF does.
func luminance(dst, rgba []byte) {
	for x := range dst {
		p := rgba[4*x : 4*x+4 : 4*x+4]
		dst[x] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
	}
}
