package labels

import (
	"fmt"
	"time"

	"dapilgate/labels/code"
)

// wib is the time of Jakarta, whatever zone the PC was set to.
var wib = time.FixedZone("WIB", 7*60*60)

// WriteCheckpoints writes the page of checkpoints: a card for each chain, with its code and
// the same in words, to be signed and kept apart from the computers. event is the
// election's name. Errors: ErrCode, ErrFit.
func WriteCheckpoints(path, event string, all []code.Checkpoint, o Options) error {
	p, err := newCard(210, 297, o)
	if err != nil {
		return err
	}
	const edge, w, h, side, perPage = 12.0, 186.0, 78.0, 64.0, 3
	for i, c := range all {
		if i%perPage == 0 {
			p.pdf.AddPage()
			p.at(spot{name: "title", x: edge, y: 10, w: 110, h: 10, cap: 6, least: leastText, face: condensed, align: left}, "TITIK PERIKSA CATATAN")
			p.at(spot{name: "event", x: edge + 110, y: 10, w: w - 110, h: 10, cap: 3.2, least: 2, face: regular, align: right}, event)
			p.at(spot{name: "help", x: edge, y: 21, w: w, h: 6, cap: 2.8, least: 2, face: regular, align: left},
				"Simpan kertas ini terpisah dari komputer. Pindai di layar Periksa: catatan yang dipotong atau diubah akan ketahuan.")
		}
		y := 32 + float64(i%perPage)*(h+6)
		p.frame(edge, y, w, h, 0.6)
		p.symbol(c.String(), checkpointVersion, edge+2, y+2, side)
		x, in := edge+side+6, w-side-10
		where := fmt.Sprintf("Pintu muat %d", c.Dock)
		if c.Dock == 0 {
			where = "Kantor"
		}
		p.at(spot{name: "dock", x: x, y: y + 4, w: in, h: 12, cap: 8, least: leastText, face: condensed, align: left}, where)
		p.at(spot{name: "seq", x: x, y: y + 17, w: in, h: 8, cap: 4.6, least: 2.4, face: bold, align: left}, fmt.Sprintf("Kejadian nomor %d", c.Seq))
		p.at(spot{name: "at", x: x, y: y + 26, w: in, h: 7, cap: 3.6, least: 2.4, face: regular, align: left}, c.At.In(wib).Format("02-01-2006 15.04.05")+" WIB")
		p.at(spot{name: "hash", x: x, y: y + 34, w: in, h: 6, cap: 2.4, least: smallPrint, face: regular, align: left}, "SHA-256 "+c.Hash[:32])
		p.at(spot{name: "hash 2", x: x, y: y + 40, w: in, h: 6, cap: 2.4, least: smallPrint, face: regular, align: left}, c.Hash[32:])
		p.at(spot{name: "key", x: x, y: y + 47, w: in, h: 6, cap: 2.4, least: smallPrint, face: regular, align: left}, "kunci "+c.Key+" · catatan "+c.Ledger)
		p.at(spot{name: "names", x: x, y: y + 60, w: in, h: 6, cap: 2.6, least: 2, face: regular, align: left}, "Disaksikan oleh (nama dan tanda tangan):")
		text := c.String()
		p.at(spot{name: "code", x: edge + 2, y: y + h - 10, w: w - 4, h: 4, cap: 1.4, least: 1, face: regular, align: left}, text[:len(text)/2])
		p.at(spot{name: "code 2", x: edge + 2, y: y + h - 6, w: w - 4, h: 4, cap: 1.4, least: 1, face: regular, align: left}, text[len(text)/2:])
		if err := p.flush(); err != nil {
			return fmt.Errorf("checkpoint of dock %d: %w", c.Dock, err)
		}
	}
	return p.writeFile(path)
}
