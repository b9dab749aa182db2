package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"dapilgate/app/batch"
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/selftest"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/code"
)

// demoPeople are the people of the throw-away ledger. Their PINs are shown on the screen:
// nothing real is behind them.
var demoPeople = []struct {
	name string
	role ledger.Role
	pin  string
}{
	{"Sari", ledger.Penyelia, "482913"},
	{"Budi", ledger.Petugas, "730164"},
	{"Ratna", ledger.Auditor, "915027"},
}

// demoTrucks are two trucks of Jakarta Timur, for the two dapil of the fear.
var demoTrucks = []struct{ plate, driver, district string }{
	{"B 9123 KPU", "Joko", "4"},
	{"B 9456 KPU", "Agus", "5"},
}

// demo is a throw-away ledger with all that a look around needs.
type demo struct {
	dir    string
	ledger *ledger.Ledger
	key    ed25519.PrivateKey
	sari   ledger.Person
	budi   ledger.Person
	passes []labels.TruckPass
}

func (c *cli) cmdDemo(ctx context.Context, args []string) error {
	f := c.flags("demo")
	headless := f.Bool("headless", false, "tell the story in the terminal, without a window")
	keep := f.String("dir", "", "keep the demo's files in this new `DIR`")
	win := windowFlags(f)
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	dir := *keep
	if dir == "" {
		tmp, err := os.MkdirTemp("", "dapilgate-demo-")
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		dir = tmp
		if *headless {
			defer os.RemoveAll(tmp)
		}
	} else if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	d, err := c.newDemo(ctx, dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if *headless {
		defer d.ledger.Close()
		return c.demoStory(ctx, d)
	}
	if err := d.documents(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := d.ledger.Close(); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := c.printf("demo files: %s\n", dir); err != nil {
		return err
	}
	return c.window(ctx, f, win, d)
}

// address is where the demo's ledger lies.
func (d *demo) address() string { return filepath.Join(d.dir, "demo.db") }

const demoPassphrase = "tiga kotak suara"

func (c *cli) newDemo(ctx context.Context, dir string) (*demo, error) {
	d := &demo{dir: dir}
	src, err := eventSource("")
	if err != nil {
		return nil, err
	}
	first := demoPeople[0]
	d.ledger, err = setUp(ctx, d.address(), d.address()+".key", demoPassphrase, ledger.CreateRequest{Source: src, Penyelia: first.name, PIN: first.pin})
	if err != nil {
		return nil, err
	}
	if d.key, err = labels.ReadSigningKey(d.address()+".key", demoPassphrase, d.ledger.Info().PublicKey); err != nil {
		return nil, err
	}
	d.sari = ledger.Person{Name: first.name, Role: first.role, Active: true}
	for _, p := range demoPeople[1:] {
		if _, err := d.ledger.AddPerson(ctx, d.sari, p.name, p.role, p.pin); err != nil {
			return nil, err
		}
	}
	d.budi = ledger.Person{Name: demoPeople[1].name, Role: demoPeople[1].role, Active: true}
	for _, t := range demoTrucks {
		if _, err := d.ledger.AddTruck(ctx, d.sari, t.plate, "truk", t.driver); err != nil {
			return nil, err
		}
		dist, err := d.ledger.Event().ResolveDistrict(t.district)
		if err != nil {
			return nil, err
		}
		pass, err := d.ledger.IssuePass(ctx, d.sari, t.plate, dist, nil)
		if err != nil {
			return nil, err
		}
		page, err := batch.PassPage(ctx, d.ledger, pass)
		if err != nil {
			return nil, err
		}
		d.passes = append(d.passes, page)
	}
	return d, nil
}

// demoAreas are where the demo's boxes come from: kelurahan Jatinegara, which is in
// kecamatan Cakung (dapil 4), and kecamatan Jatinegara's first kelurahan (dapil 5).
var demoAreas = []election.AreaCode{"31.75.06.1001", "31.75.03"}

// boxes are n boxes of each of the demo's areas.
func (d *demo) boxes(ctx context.Context, n int) ([][]ledger.BoxRow, error) {
	out := make([][]ledger.BoxRow, len(demoAreas))
	for i, a := range demoAreas {
		for r, err := range d.ledger.Boxes(ctx, ledger.Filter{Area: a, State: ledger.BoxUnprinted, Limit: n}) {
			if err != nil {
				return nil, err
			}
			out[i] = append(out[i], r)
		}
	}
	return out, nil
}

// documents writes what a visitor scans off paper or a second screen: a dozen labels, the
// trucks' passes, the command codes.
func (d *demo) documents(ctx context.Context) error {
	for i, a := range demoAreas {
		if _, err := batch.Run(ctx, d.ledger, batch.Request{Filter: ledger.Filter{Area: a, Limit: 6}, Stock: "a4-2x4",
			Out: filepath.Join(d.dir, fmt.Sprintf("label-dapil-%s.pdf", demoTrucks[i].district)), By: d.sari, Key: d.key, Preflight: batch.PreflightOff}); err != nil {
			return err
		}
	}
	o := labels.Options{Title: "Kartu truk", Author: d.sari.Name, Created: d.ledger.Info().Created}
	if err := labels.WriteTruckPasses(filepath.Join(d.dir, "kartu-truk.pdf"), d.passes, o); err != nil {
		return err
	}
	o.Title = "Kode perintah"
	if err := batch.WriteCommands(filepath.Join(d.dir, "kode-perintah.pdf"), o); err != nil {
		return err
	}
	o.Title = "Kartu uji"
	return selftest.WriteCard(filepath.Join(d.dir, "kartu-uji.pdf"), o)
}

// teller narrates the story and counts what happened.
type teller struct {
	c       *cli
	station *dock.Station
	counts  map[gate.Verdict]int
	err     error // of writing
}

func (t *teller) say(format string, a ...any) {
	if t.err == nil {
		t.err = t.c.printf("\n"+format+"\n", a...)
	}
}

func (t *teller) scan(ctx context.Context, what, text string) dock.Result {
	r := t.station.Scan(ctx, text)
	mark := map[gate.Level]string{gate.Green: "HIJAU ", gate.Amber: "KUNING", gate.Red: "MERAH ", gate.Blue: "BIRU  "}[r.Verdict.Level()]
	if r.Command != "" {
		mark = "      "
	} else {
		t.counts[r.Verdict]++
	}
	if t.err == nil {
		t.err = t.c.printf("  %s  %-36s %s\n", mark, what, words.Line(r))
	}
	return r
}

// demoStory is the whole job, narrated.
func (c *cli) demoStory(ctx context.Context, d *demo) error {
	l := d.ledger
	n, err := l.CountBoxes(ctx, ledger.Filter{})
	if err != nil {
		return err
	}
	t := &teller{c: c, counts: map[gate.Verdict]int{}}
	t.say("1. %s: %s kotak, diimpor dan diperiksa.", l.Event().Name, words.Number(n.Boxes))
	boxes, err := d.boxes(ctx, 6)
	if err != nil {
		return err
	}
	t.say("2. Sari mencetak label untuk dapil 4 (kelurahan Jatinegara, Cakung) dan dapil 5 (kecamatan Jatinegara).")
	if err := d.documents(ctx); err != nil {
		return err
	}
	text := func(r ledger.BoxRow, key ed25519.PrivateKey, revision int) (string, error) {
		f, err := l.Event().Fields(r.Box, revision)
		if err != nil {
			return "", err
		}
		return f.Sign(key)
	}
	var four, five []string
	for _, r := range boxes[0] {
		s, err := text(r, d.key, 1)
		if err != nil {
			return err
		}
		four = append(four, s)
	}
	for _, r := range boxes[1] {
		s, err := text(r, d.key, 1)
		if err != nil {
			return err
		}
		five = append(five, s)
	}
	forger, err := labels.GenerateKey()
	if err != nil {
		return err
	}
	forged, err := text(boxes[0][4], forger, 1)
	if err != nil {
		return err
	}
	aside, err := code.CommandText(code.SetAside, "")
	if err != nil {
		return err
	}
	if t.station, err = dock.Open(ctx, l, 1); err != nil {
		return err
	}
	defer t.station.Close()
	if err := t.station.SetOperator(ctx, d.budi); err != nil {
		return err
	}
	t.say("3. Budi di pintu muat 1. Tanpa truk, tidak ada yang dimuat.")
	t.scan(ctx, boxes[0][0].Box.ID(), four[0])
	t.say("4. Kartu truk %s (dapil 4) dipindai: muatan dibuka.", demoTrucks[0].plate)
	t.scan(ctx, "kartu truk", d.passes[0].Code)
	t.say("5. Empat kotak dapil 4 naik.")
	for i := range 4 {
		t.scan(ctx, boxes[0][i].Box.ID(), four[i])
	}
	t.say("6. Kotak yang sama dua kali, label yang terpotong, QR sistem lain.")
	t.scan(ctx, boxes[0][3].Box.ID(), four[3])
	t.scan(ctx, "setengah label", four[4][:60])
	t.scan(ctx, "QR SILOG", "https://silog.example/kotak/3175061001/012")
	t.say("7. Kotak dapil 5: nama kecamatannya Jatinegara, seperti kelurahan dapil 4 tadi. Pintu terkunci.")
	t.scan(ctx, boxes[1][0].Box.ID(), five[0])
	t.say("8. Kotak yang benar pun tidak membuka kunci; kotak yang ditolak harus disisihkan.")
	t.scan(ctx, boxes[0][4].Box.ID(), four[4])
	t.scan(ctx, "perintah SISIHKAN", aside)
	t.scan(ctx, boxes[1][0].Box.ID(), five[0])
	t.scan(ctx, boxes[0][4].Box.ID(), four[4])
	t.say("9. Label tiruan, ditandatangani kunci lain.")
	t.scan(ctx, boxes[0][4].Box.ID()+" (palsu)", forged)
	t.scan(ctx, "perintah SISIHKAN", aside)
	t.scan(ctx, boxes[0][4].Box.ID()+" (palsu)", forged)
	t.say("10. Satu kotak diturunkan lagi, lalu muatan ditutup; kekurangannya dicatat.")
	u, err := t.station.Undo(ctx, "salah susun")
	if err != nil {
		return err
	}
	t.say("    %s turun; %d kotak di truk.", u.Box, u.Count)
	ld, err := t.station.CloseLoad(ctx, "sisa menyusul")
	if err != nil {
		return err
	}
	t.say("    Muatan %d %s ditutup dengan %d kotak.", ld.ID, ld.Plate, ld.Count)
	return c.demoEnd(ctx, d, t)
}

// demoEnd is the summary, and the check that the story was told as it must be.
func (c *cli) demoEnd(ctx context.Context, d *demo, t *teller) error {
	r, err := d.ledger.Verify(ctx)
	if err != nil {
		return err
	}
	var refused []string
	for v, n := range t.counts {
		if v != gate.Accepted && v != gate.SetAsideDone {
			refused = append(refused, fmt.Sprintf("%s %d", v, n))
		}
	}
	sort.Strings(refused)
	t.say("Ringkasan: diterima %d; ditolak: %s.", t.counts[gate.Accepted], strings.Join(refused, ", "))
	if !r.OK() {
		return fmt.Errorf("demo: %w: %s", errFaults, r.Faults[0])
	}
	for _, h := range r.Heads {
		t.say("Rantai %d utuh: %d peristiwa, kepala %s", h.Dock, h.Seq, h.Hash)
	}
	if t.err != nil {
		return t.err
	}
	if t.counts[gate.Accepted] != 5 || t.counts[gate.WrongDistrict] != 1 || t.counts[gate.Forged] != 1 {
		return fmt.Errorf("demo: the gate did not judge as it must: %v", t.counts)
	}
	return nil
}
