package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// KindTandaTerima is the receipt that a PPK gives for a load, or its part of one.
const KindTandaTerima = "tanda-terima"

// OfReceipt makes the paper of a receipt from the record: a copy for the eye, of an open
// receipt too, and then says so. Errors: ledger.ErrNotFound.
func OfReceipt(ctx context.Context, l *ledger.Ledger, receipt int64, p Paper) (*Document, error) {
	a, err := prepareReceipt(ctx, l, receipt, &p)
	if err != nil {
		return nil, err
	}
	return tandaTerima(a, p), nil
}

// IssueReceipt records the issue of a signed receipt's paper in the name of by, and makes
// it. Errors: as OfReceipt; ledger.ErrNotAllowed, ledger.ErrConflict (it is not signed).
func IssueReceipt(ctx context.Context, l *ledger.Ledger, by ledger.Person, receipt int64, p Paper) (*Document, error) {
	a, err := prepareReceipt(ctx, l, receipt, &p)
	if err != nil {
		return nil, err
	}
	p.By = by.Name
	if by.Role == ledger.Penyelia {
		if _, err := l.NewSeal(ctx, by); err != nil {
			return nil, fmt.Errorf("issue %s: %w", KindTandaTerima, err)
		}
	}
	draft := tandaTerima(a, p)
	issued, err := l.IssueReceipt(ctx, by, ledger.Document{Kind: KindTandaTerima, Receipt: receipt, Number: draft.Number, Copies: len(p.copies()), Digest: draft.Digest()})
	if err == nil {
		a.Head, err = witnessIssue(ctx, l, issued, &p)
	}
	if err != nil {
		return nil, fmt.Errorf("issue %s: %w", KindTandaTerima, err)
	}
	p.Issued, p.At = &issued, issued.Act.At
	return tandaTerima(a, p), nil
}

func prepareReceipt(ctx context.Context, l *ledger.Ledger, receipt int64, p *Paper) (ledger.Arrival, error) {
	a, err := l.Arrival(ctx, receipt)
	if err != nil {
		return a, fmt.Errorf("%s: %w", KindTandaTerima, err)
	}
	m, err := l.Manifest(ctx, a.Receipt.Load)
	if err == nil {
		err = p.repeat(ctx, l, &m)
	}
	if err != nil {
		return a, fmt.Errorf("%s: %w", KindTandaTerima, err)
	}
	p.Event, p.chain = l.Event(), "Tempat Terima"
	return a, nil
}

// witnessIssue puts the event of the issue itself on the paper, signed where this machine
// has a seal: whoever scans the code finds the load by it.
func witnessIssue(ctx context.Context, l *ledger.Ledger, issued ledger.Issued, p *Paper) (ledger.Head, error) {
	act := issued.Act
	p.Checkpoint = ""
	h := ledger.Head{Dock: act.Dock, Seq: act.Seq, Hash: act.Hash, At: act.At}
	seal, err := l.Seal(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	c, err := l.Checkpoint(seal, act)
	p.Checkpoint = c.String()
	return h, err
}

// arrived is what of one kelurahan a receipt has.
type arrived struct {
	area      election.AreaCode
	kelurahan string
	kecamatan string
	tps       []arrivedTPS
	kinds     map[string]int // received
	due, got  int
}

type arrivedTPS struct {
	tps     int
	kinds   map[string]int // received
	got     int
	missing []ledger.ArrivedBox
}

func arrivals(a *ledger.Arrival) []arrived {
	var out []arrived
	for _, b := range a.Boxes {
		if n := len(out); n == 0 || out[n-1].area != b.Box.Area {
			out = append(out, arrived{area: b.Box.Area, kelurahan: b.Kelurahan, kecamatan: b.Kecamatan, kinds: map[string]int{}})
		}
		x := &out[len(out)-1]
		if n := len(x.tps); n == 0 || x.tps[n-1].tps != b.Box.TPS {
			x.tps = append(x.tps, arrivedTPS{tps: b.Box.TPS, kinds: map[string]int{}})
		}
		t := &x.tps[len(x.tps)-1]
		x.due++
		if b.Received == nil {
			t.missing = append(t.missing, b)
			continue
		}
		x.got, t.got = x.got+1, t.got+1
		x.kinds[b.Box.Kind]++
		t.kinds[b.Box.Kind]++
	}
	return out
}

// whose are the kecamatan that the receipt is of, by name.
func whose(all []arrived) string {
	var names []string
	for _, x := range all {
		if n := len(names); n == 0 || names[n-1] != x.kecamatan {
			names = append(names, x.kecamatan)
		}
	}
	return list(names)
}

// tandaTerima is the receipt of a load: what the list says, what arrived, what is missing
// and what was there besides, with the names of both who sign.
func tandaTerima(a ledger.Arrival, p Paper) *Document {
	r := &a.Receipt
	all := arrivals(&a)
	d := &Document{Kind: KindTandaTerima, Title: "Tanda Terima Kotak Suara", Number: fmt.Sprintf("TT-%04d/TP%d/%s", r.ID, r.Dock, p.Event.Code), author: p.By, at: p.At,
		Tables: []Table{receivedTable(&a)}}
	if p.Issued != nil {
		d.Print = p.Issued.Print
	}
	d.Data = receiptData(&a, &p, d)
	left, right := p.receiptPairs(&a, all)
	d.Tables = append(d.Tables, missingTable(&a), extraTable(&a), receiptFacts(&a, d.Number, append(left, right...)))
	if a.Signed == nil {
		p.Issued = nil
	}
	d.draw = func(s *sheet) {
		ppk := cmp.Or(p.Destination, "PPK "+whose(all))
		draw := func(copy string) {
			s.begin(running{d.Title + " " + d.Number, copy}, p.footOf(d.Title, d.Number))
			s.letterhead(ppk+", "+strings.TrimPrefix(p.office(&a.Manifest), "KPU "), &p, "TANDA TERIMA KOTAK SUARA", d.Number, copy, true)
			if a.Signed != nil {
				s.para(regular, body, fmt.Sprintf("Pada hari ini %s, pukul %s, di tempat penerimaan %s telah diterima kotak suara %s dari %s nomor polisi %s, dengan rincian sebagai berikut:",
					dateInWords(a.Signed.At), clock(a.Signed.At), ppk, p.Event.Name, cmp.Or(a.Manifest.Vehicle, "kendaraan"), r.Plate))
				s.y += 1.5
			}
			s.pairs(left, right, s.width())
			s.y += 2
			s.heading("Ringkasan penerimaan per kelurahan", 20)
			s.table(p.receivedSummary(all))
			s.need(2*signHeight + proofHeight + 42)
			s.outcome(&a)
			s.y += 1.5
			s.condition("yang menerima")
			s.signatures([]signature{
				{"Yang menyerahkan,", "Petugas / pengemudi", r.Deliverer}, {"Yang menerima,", ppk, r.Receiver}, {"Yang mengawal,", "Polri", p.Escort},
				{"Pengemudi", r.Plate, r.Driver}, {"Mengetahui,", "Ketua " + ppk, ""}, {"Menyaksikan,", "Panwascam " + whose(all), ""},
			}, 3)
			s.proof(&p, a.Head, d.Digest())
			s.next()
			s.heading("Lampiran A: kotak suara yang diterima per kelurahan dan TPS", 20)
			s.table(p.receivedList(all))
			s.lacking(all, a.Missing())
			s.surplus(&a)
		}
		if a.Signed == nil {
			draw("SEMENTARA: penerimaan masih dibuka")
			return
		}
		p.eachCopy(draw)
	}
	return d
}

// receiptPairs are the receipt's facts as its head lists them.
func (p *Paper) receiptPairs(a *ledger.Arrival, all []arrived) (left, right []pair) {
	r, m := &a.Receipt, &a.Manifest
	departed, ended := "", ""
	if m.Left != nil {
		departed = moment(m.Left.At)
	}
	if a.Signed != nil {
		ended = clock(a.Signed.At) + " oleh " + a.Signed.By
	}
	var kec []string
	for _, k := range r.Kecamatan {
		kec = append(kec, string(k))
	}
	left = []pair{
		{"Dari", "Gudang " + p.office(m)}, {"Diterima oleh", cmp.Or(p.Destination, "PPK "+whose(all)) + " (" + strings.Join(kec, ", ") + ")"}, {"Dapil", p.Face.Name},
		{"Berangkat", departed}, {"Mulai terima", moment(a.Opened.At)}, {"Selesai", ended},
	}
	right = []pair{
		{"Surat jalan", cmp.Or(a.Paper, Number(KindSuratJalan, p.Event, m.Load))}, {"Kendaraan", m.Vehicle}, {"Nomor polisi", r.Plate}, {"Pengemudi", r.Driver},
		{"Pengawal", p.Escort}, {"Nomor segel", strings.Join(p.Seals, ", ")}, {"Muatan", "no. " + strconv.FormatInt(r.Load, 10) + ", Tempat Terima " + strconv.Itoa(r.Dock)},
	}
	return left, right
}

func (p *Paper) receivedSummary(all []arrived) *table {
	t := &table{cols: append(append([]column{{"Kode", 26, "L"}, {"Kelurahan", 0, "L"}, {"TPS", 12, "R"}}, p.kindColumns(14)...),
		column{"Menurut daftar", 19, "R"}, column{"Diterima", 18, "R"}, column{"Kurang", 15, "R"})}
	var sum arrived
	sum.kinds = map[string]int{}
	tps := 0
	for _, x := range all {
		cells := []string{string(x.area), x.kelurahan, number(len(x.tps))}
		for _, k := range p.Event.Kinds {
			cells = append(cells, count(x.kinds[k.Code]))
			sum.kinds[k.Code] += x.kinds[k.Code]
		}
		t.add(plain, append(cells, number(x.due), count(x.got), count(x.due-x.got))...)
		sum.due, sum.got, tps = sum.due+x.due, sum.got+x.got, tps+len(x.tps)
	}
	cells := []string{"Jumlah", number(tps)}
	for _, k := range p.Event.Kinds {
		cells = append(cells, number(sum.kinds[k.Code]))
	}
	t.add(total, append(cells, number(sum.due), number(sum.got), number(sum.due-sum.got))...)
	return t
}

// outcome says in words what arrived, what lacks and what is too much.
func (s *sheet) outcome(a *ledger.Arrival) {
	missing := a.Missing()
	s.para(bold, body, "Diterima: "+boxes(len(a.Boxes)-missing)+".")
	if missing == 0 {
		s.para(regular, body, "Lengkap: semua kotak suara menurut daftar muatan diterima.")
	} else {
		s.para(bold, body, "Kurang: "+boxes(missing)+" menurut daftar muatan tidak diterima. Rincian: Lampiran B.")
	}
	if n := len(a.Extra); n > 0 {
		s.para(bold, body, "Di luar daftar: "+number(n)+" kotak dipindai dan tidak diterima. Rincian: Lampiran C.")
	}
	if a.Note != "" {
		s.para(regular, body, "Catatan: "+a.Note+".")
	}
}

// receivedList is what arrived, TPS by TPS.
func (p *Paper) receivedList(all []arrived) *table {
	t := &table{cols: append(append([]column{{"TPS", 18, "L"}}, p.kindColumns(19)...), column{"Jumlah", 18, "R"}, column{"Keterangan", 0, "L"})}
	for _, x := range all {
		t.add(group, fmt.Sprintf("Kel. %s (%s), Kec. %s: %s dari %s kotak", x.kelurahan, x.area, x.kecamatan, number(x.got), number(x.due)))
		for _, l := range x.tps {
			cells := []string{tpsOf(l.tps)}
			for _, k := range p.Event.Kinds {
				cells = append(cells, count(l.kinds[k.Code]))
			}
			note := ""
			if len(l.missing) > 0 {
				note = "KURANG " + strings.Join(kindsOf(l.missing), ", ")
			}
			t.add(plain, append(cells, count(l.got), note)...)
		}
	}
	return t
}

func kindsOf(boxes []ledger.ArrivedBox) []string {
	var out []string
	for _, b := range boxes {
		out = append(out, b.Box.Kind)
	}
	return out
}

// lacking names the missing boxes, by TPS and reason.
func (s *sheet) lacking(all []arrived, missing int) {
	if missing == 0 {
		return
	}
	s.heading("Lampiran B: kekurangan", 24)
	t := &table{cols: []column{{"Kelurahan", 48, "L"}, {"TPS", 14, "L"}, {"Kotak yang kurang", 50, "L"}, {"Kotak", 13, "R"}, {"Alasan", 0, "L"}}}
	for _, x := range all {
		for _, l := range x.tps {
			for _, why := range reasonsOf(l.missing) {
				var kinds []string
				for _, b := range l.missing {
					if b.Reason == why {
						kinds = append(kinds, b.Box.Kind)
					}
				}
				t.add(plain, x.kelurahan, tpsOf(l.tps), strings.Join(kinds, ", "), number(len(kinds)), why)
			}
		}
	}
	t.add(total, "Jumlah", "", "", number(missing), "")
	s.table(t)
}

// reasonsOf are the reasons that were given, each once.
func reasonsOf(boxes []ledger.ArrivedBox) []string {
	var out []string
	for _, b := range boxes {
		if n := len(out); n == 0 || out[n-1] != b.Reason {
			out = append(out, b.Reason)
		}
	}
	return out
}

// extraWords are why a box that arrived was not received.
var extraWords = map[gate.Verdict]string{
	gate.NotOnList: "tidak di daftar muatan", gate.WrongDistrict: "dapil lain", gate.WrongKecamatan: "kecamatan lain",
	gate.VoidLabel: "label tidak berlaku", gate.Forged: "label palsu", gate.UnknownBox: "tidak ada dalam pemilu ini",
}

// surplus names what was scanned and is not on the list: where it belongs, where the
// record has it, what was said of it.
func (s *sheet) surplus(a *ledger.Arrival) {
	if len(a.Extra) == 0 {
		return
	}
	s.heading("Lampiran C: kotak di luar daftar", 24)
	t := &table{size: 8, cols: []column{{"Kotak", 40, "L"}, {"Milik", 42, "L"}, {"Sebab", 27, "L"}, {"Tercatat di", 32, "L"}, {"Keterangan", 0, "L"}}}
	for _, x := range a.Extra {
		belongs := ""
		if x.Kecamatan != "" {
			belongs = "Kec. " + x.Kecamatan
			if x.Kelurahan != "" {
				belongs = "Kel. " + x.Kelurahan + ", " + belongs
			}
		}
		t.add(plain, x.Box, belongs, extraWords[x.Verdict], seenOn(x), x.Reason)
	}
	s.table(t)
}

func seenOn(x ledger.Extra) string {
	if x.Load == 0 {
		return "tidak di truk mana pun"
	}
	return fmt.Sprintf("%s, muatan %d", x.Truck, x.Load)
}

// receivedTable lists the boxes that arrived.
func receivedTable(a *ledger.Arrival) Table {
	t := Table{Name: "Kotak diterima", Head: []string{"no_terima", "kotak", "kode_kelurahan", "kecamatan", "kelurahan", "tps", "jenis", "revisi_label", "waktu_terima", "petugas", "kejadian"}}
	for _, b := range a.Boxes {
		if b.Received != nil {
			t.Rows = append(t.Rows, []any{b.Number, b.Box.ID(), string(b.Box.Area), b.Kecamatan, b.Kelurahan, b.Box.TPS, b.Box.Kind, b.Revision,
				b.Received.At.In(wib).Format("2006-01-02 15:04:05"), b.Received.By, int(b.Received.Seq)})
		}
	}
	return t
}

func missingTable(a *ledger.Arrival) Table {
	t := Table{Name: "Kurang", Head: []string{"kotak", "kode_kelurahan", "kecamatan", "kelurahan", "tps", "jenis", "no_muat", "waktu_muat", "alasan"}}
	for _, b := range a.Boxes {
		if b.Received == nil {
			t.Rows = append(t.Rows, []any{b.Box.ID(), string(b.Box.Area), b.Kecamatan, b.Kelurahan, b.Box.TPS, b.Box.Kind, b.Position,
				b.Loaded.At.In(wib).Format("2006-01-02 15:04:05"), b.Reason})
		}
	}
	return t
}

func extraTable(a *ledger.Arrival) Table {
	t := Table{Name: "Di luar daftar", Head: []string{"kotak", "kecamatan", "kelurahan", "dapil", "sebab", "tercatat_di", "waktu_pindai", "kejadian", "keterangan"}}
	for _, x := range a.Extra {
		t.Rows = append(t.Rows, []any{x.Box, x.Kecamatan, x.Kelurahan, x.District, extraWords[x.Verdict], seenOn(x),
			x.Scan.At.In(wib).Format("2006-01-02 15:04:05"), int(x.Scan.Seq), x.Reason})
	}
	return t
}

func receiptFacts(a *ledger.Arrival, no string, pairs []pair) Table {
	t := Table{Name: "Penerimaan", Head: []string{"hal", "isi"}, Rows: [][]any{{"Nomor", no}}}
	for _, x := range pairs {
		t.Rows = append(t.Rows, []any{x.name, x.value})
	}
	t.Rows = append(t.Rows, []any{"Yang menyerahkan", a.Receipt.Deliverer}, []any{"Yang menerima", a.Receipt.Receiver}, []any{"Menurut daftar", len(a.Boxes)},
		[]any{"Diterima", len(a.Boxes) - a.Missing()}, []any{"Kurang", a.Missing()}, []any{"Di luar daftar", len(a.Extra)}, []any{"Catatan", a.Note})
	return t
}

// receiptJSON is a receipt as scripts read it.
type receiptJSON struct {
	Document   string               `json:"document"`
	Number     string               `json:"number"`
	Print      int                  `json:"print,omitempty"` // 0: not issued
	Receipt    int64                `json:"receipt"`
	State      ledger.ReceiptState  `json:"state"`
	Load       int64                `json:"load"`
	Place      int                  `json:"place"`
	Truck      string               `json:"truck"`
	Driver     string               `json:"driver"`
	Kecamatan  []election.AreaCode  `json:"kecamatan"`
	Paper      string               `json:"paper,omitempty"`
	Departed   *ledger.Act          `json:"departed,omitempty"`
	Opened     ledger.Act           `json:"opened"`
	Signed     *ledger.Act          `json:"signed,omitempty"`
	Deliverer  string               `json:"deliverer,omitempty"`
	Receiver   string               `json:"receiver,omitempty"`
	Expected   int                  `json:"expected"`
	Count      int                  `json:"count"`
	Boxes      []string             `json:"boxes"`
	Missing    []reasonJSON         `json:"missing"`
	Extra      []reasonJSON         `json:"extra"`
	Others     map[gate.Verdict]int `json:"others,omitempty"` // other scans, counted only
	Note       string               `json:"note,omitempty"`
	Checkpoint string               `json:"checkpoint"`
	Digest     string               `json:"digest"`
}

type reasonJSON struct {
	Box     string       `json:"box"`
	Verdict gate.Verdict `json:"verdict,omitempty"`
	Truck   string       `json:"truck,omitempty"` // that the record has it on
	Reason  string       `json:"reason,omitempty"`
}

func receiptData(a *ledger.Arrival, p *Paper, d *Document) receiptJSON {
	r := &a.Receipt
	j := receiptJSON{Document: d.Kind, Number: d.Number, Print: d.Print, Receipt: r.ID, State: r.State, Load: r.Load, Place: r.Dock, Truck: r.Plate, Driver: r.Driver,
		Kecamatan: r.Kecamatan, Paper: a.Paper, Departed: a.Manifest.Left, Opened: a.Opened, Signed: a.Signed, Deliverer: r.Deliverer, Receiver: r.Receiver,
		Expected: len(a.Boxes), Count: len(a.Boxes) - a.Missing(), Boxes: []string{}, Missing: []reasonJSON{}, Extra: []reasonJSON{}, Others: a.Others, Note: a.Note,
		Checkpoint: cmp.Or(p.Checkpoint, HeadText(a.Head)), Digest: d.Digest()}
	for _, b := range a.Boxes {
		if b.Received != nil {
			j.Boxes = append(j.Boxes, b.Box.ID())
		} else {
			j.Missing = append(j.Missing, reasonJSON{Box: b.Box.ID(), Reason: b.Reason})
		}
	}
	for _, x := range a.Extra {
		j.Extra = append(j.Extra, reasonJSON{x.Box, x.Verdict, x.Truck, x.Reason})
	}
	return j
}
