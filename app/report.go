package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
)

func (c *cli) cmdReport(ctx context.Context, args []string) error {
	subs := map[string]func(context.Context, []string) error{
		report.KindPenolakan: c.reportPenolakan, report.KindProgress: c.reportProgress, report.KindTandaTerima: c.reportTandaTerima,
	}
	for _, kind := range []string{report.KindSuratJalan, report.KindBeritaAcara, report.KindDaftarMuatan} {
		subs[kind] = func(ctx context.Context, args []string) error { return c.reportLoad(ctx, kind, args) }
	}
	return c.sub(ctx, "report", args, subs)
}

// textList is an option that may be given more than once.
type textList []string

func (t *textList) String() string { return strings.Join(*t, ", ") }
func (t *textList) Set(s string) error {
	*t = append(*t, s)
	return nil
}

// outputs are the files that a document is written to.
type outputs []struct{ path, form string }

func (f *flags) outputs(forms ...string) *outputs {
	o := &outputs{}
	add := func(form string) func(string) error {
		return func(path string) error {
			if path == "" {
				return errors.New("no file name")
			}
			*o = append(*o, struct{ path, form string }{path, form})
			return nil
		}
	}
	f.Func("out", "write `FILE`."+strings.Join(forms, ", .")+" (may be repeated)", add(""))
	for _, form := range forms {
		f.Func(form, "write "+strings.ToUpper(form)+" to `FILE`, - for the standard output", add(form))
	}
	return o
}

// free makes sure, before an issue is recorded, that the document can be written and that
// no other paper is overwritten.
func (o *outputs) free(forms []string) error {
	for _, x := range *o {
		form := x.form
		if form == "" {
			form = report.FormOf(x.path)
		}
		if !slices.Contains(forms, form) {
			return usagef("%s: the name must end with one of: .%s", x.path, strings.Join(forms, " ."))
		}
		if _, err := os.Stat(x.path); err == nil {
			return fmt.Errorf("%s: %w; choose another name", x.path, os.ErrExist)
		}
	}
	return nil
}

// put writes a document where it was asked for, and says so in words or in JSON.
func (c *cli) put(f *flags, o *outputs, d *report.Document, words string) error {
	quiet := false
	for _, x := range *o {
		if x.path == "-" {
			b, err := d.Bytes(x.form)
			if err != nil {
				return err
			}
			if _, err := c.stdout.Write(b); err != nil {
				return err
			}
			quiet = true
			continue
		}
		if err := d.WriteFile(x.path, x.form); err != nil {
			return err
		}
	}
	switch {
	case quiet:
		return nil
	case f.json:
		return c.out(d.Data)
	}
	return c.printf("%s", words)
}

// faceOf is how a district looks on papers.
func faceOf(ctx context.Context, l *ledger.Ledger) func(election.District) report.Face {
	return func(d election.District) report.Face {
		name := ""
		if d.Kind == election.KecamatanSpace && len(d.Code) == 6 {
			a, err := election.AreaOfDigits(d.Code + "0000")
			if err == nil {
				// For the eye only: without its name the district is told by its code.
				if names, err := l.AreaNames(ctx, a); err == nil {
					name = names[election.LevelKecamatan]
				}
			}
		}
		x := batch.District(l.Event(), d, name)
		return report.Face{Numeral: x.Numeral, Pattern: x.Pattern, Name: x.Name}
	}
}

// reportLoad writes a document about one load. With --as it is issued: recorded, numbered
// as a print, with a copy for each holder. Without, it is a copy for the eye.
func (c *cli) reportLoad(ctx context.Context, kind string, args []string) error {
	f := c.flags("report " + kind).actor()
	load := f.Int64("load", 0, "`NUMBER` of the load; 'load list' shows the numbers")
	o := f.outputs("pdf", "xlsx", "csv")
	p := report.Paper{At: time.Now()}
	if kind != report.KindDaftarMuatan {
		f.Var((*textList)(&p.Copy), "copy", "`HOLDER` of a copy (may be repeated; default: "+strings.Join(report.Holders, ", ")+")")
	}
	f.StringVar(&p.Office, "office", "", "`OFFICE` that hands over (default: the KPU of the load's kota)")
	f.StringVar(&p.Destination, "destination", "", "`WHO` receives (default: the PPK of the load's kecamatan)")
	f.StringVar(&p.Receiver, "receiver", "", "`NAME` of the one who receives")
	f.StringVar(&p.Escort, "escort", "", "`NAME` of the escort")
	f.Var((*textList)(&p.Seals), "seal", "`NUMBER` of a seal (may be repeated)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *load == 0 {
		return usagef("report %s needs --load NUMBER; 'load list' shows the numbers", kind)
	}
	if err := o.free([]string{"pdf", "xlsx", "csv"}); err != nil {
		return err
	}
	issue := f.as != "" && kind != report.KindDaftarMuatan
	if issue && len(*o) == 0 {
		return usagef("report %s --as %s records an issue: say where to with --out FILE.pdf", kind, f.as)
	}
	l, by, err := c.perhaps(ctx, f)
	if err != nil {
		return err
	}
	defer l.Close()
	ld, err := l.LoadByID(ctx, *load)
	if err != nil {
		return err
	}
	p.Face, p.By = faceOf(ctx, l)(ld.District), by.Name
	var d *report.Document
	if issue {
		d, err = report.Issue(ctx, l, by, kind, *load, p)
	} else {
		d, err = report.OfLoad(ctx, l, kind, *load, p)
	}
	if err != nil {
		return refusal(err)
	}
	return c.put(f, o, d, fmt.Sprintf("%s %s: %s, %d boxes\n", d.Title, d.Number, ld.Plate, ld.Count))
}

// perhaps opens the ledger and, where --as was given, signs in.
func (c *cli) perhaps(ctx context.Context, f *flags) (*ledger.Ledger, ledger.Person, error) {
	if f.as != "" {
		return f.begin(ctx)
	}
	l, err := f.open(ctx)
	return l, ledger.Person{}, err
}

func (c *cli) reportPenolakan(ctx context.Context, args []string) error {
	f := c.flags("report penolakan").actor()
	load := f.Int64("load", 0, "only at the load with this `NUMBER`")
	number := f.Int("dock", 0, "only at dock `N`")
	day := f.String("date", "", "only on this `DAY`, 2024-02-13")
	office := f.String("office", "", "`OFFICE` that the report is of")
	o := f.outputs("pdf", "xlsx", "csv")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	scope := report.RefusalScope{Dock: *number}
	if *day != "" {
		var err error
		if scope.From, err = report.Day(*day); err != nil {
			return usagef("--date %q: expected the form 2024-02-13", *day)
		}
		scope.To = scope.From.AddDate(0, 0, 1)
	}
	if err := o.free([]string{"pdf", "xlsx", "csv"}); err != nil {
		return err
	}
	l, by, err := c.perhaps(ctx, f)
	if err != nil {
		return err
	}
	defer l.Close()
	p := report.Paper{Event: l.Event(), At: time.Now(), By: by.Name, Office: *office}
	if *load != 0 {
		m, err := l.Manifest(ctx, *load)
		if err != nil {
			return err
		}
		scope.Load, p.Face = &m, faceOf(ctx, l)(m.Load.District)
		if err := report.Witness(ctx, l, &m, &p); err != nil {
			return err
		}
	}
	all, err := l.Refusals(ctx, ledger.RefusalFilter{Load: *load, Dock: scope.Dock, From: scope.From, To: scope.To})
	if err != nil {
		return err
	}
	d := report.Penolakan(all, scope, p)
	return c.put(f, o, d, fmt.Sprintf("%s %s: %d refused boxes\n", d.Title, d.Number, len(d.Tables[0].Rows)))
}

func (c *cli) reportProgress(ctx context.Context, args []string) error {
	f := c.flags("report progress").actor()
	x := &filterFlags{}
	f.StringVar(&x.dapil, "dapil", "", "only this routing `DISTRICT`: 4 or DPRDP:310004")
	kota := f.String("kota", "", "only kota `CODE`: 31.75")
	f.StringVar(&x.kecamatan, "kecamatan", "", "only kecamatan `CODE`: 31.75.06")
	f.StringVar(&x.kelurahan, "kelurahan", "", "only kelurahan `CODE`: 31.75.06.1001")
	load := f.Int64("load", 0, "what the load with this `NUMBER` is to carry: its district, in its kecamatan")
	by := f.String("by", "", "list by dapil, kecamatan, kelurahan or tps (default: the level below what is chosen)")
	o := f.outputs("pdf", "png", "xlsx", "csv")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, maker, err := c.perhaps(ctx, f)
	if err != nil {
		return err
	}
	defer l.Close()
	filter, err := x.filter(l.Event())
	if err != nil {
		return err
	}
	if *kota != "" {
		a, err := election.ParseArea(*kota)
		if err != nil || a.Level() != election.LevelKota || !a.Contains(cmp.Or(filter.Area, a)) {
			return usagef("--kota %q: expected a code like 31.75, and no kecamatan of another kota", *kota)
		}
		filter.Area = cmp.Or(filter.Area, a)
	}
	po := report.ProgressOptions{Event: l.Event(), Face: faceOf(ctx, l), By: report.Level(strings.ToLower(*by)), Maker: maker.Name}
	if po.By == "" {
		po.By = levelBelow(filter)
	}
	if !slices.Contains(report.Levels, po.By) {
		return usagef("--by %q: one of %v", *by, report.Levels)
	}
	var kecamatan []election.AreaCode
	if *load != 0 {
		if !filter.District.IsZero() || filter.Area != "" {
			return usagef("--load says which district and kecamatan it is; leave out the others")
		}
		ld, err := l.LoadByID(ctx, *load)
		if err != nil {
			return err
		}
		if filter.District, kecamatan = ld.District, ld.Kecamatan; len(kecamatan) == 1 {
			filter.Area, kecamatan = kecamatan[0], nil
		}
		if *by == "" {
			po.By = report.ByKelurahan
		}
	}
	p, err := l.ProgressIn(ctx, filter, kecamatan)
	if err != nil {
		return err
	}
	if po.Scope, err = scopeWords(ctx, l, filter, po.Face); err != nil {
		return err
	}
	if po.By == report.ByTPS {
		for _, a := range p.Areas {
			t, err := l.TPSShares(ctx, a.Area)
			if err != nil {
				return err
			}
			po.TPS = append(po.TPS, t...)
		}
	}
	d := report.Progress(p, po)
	return c.put(f, o, d, progressWords(&p, d))
}

// levelBelow is what one looks at first within what a filter chooses.
func levelBelow(f ledger.Filter) report.Level {
	switch {
	case f.Area.Level() == election.LevelKelurahan:
		return report.ByTPS
	case f.Area.Level() == election.LevelKecamatan:
		return report.ByKelurahan
	case !f.District.IsZero():
		return report.ByKecamatan
	}
	return report.ByDapil
}

func scopeWords(ctx context.Context, l *ledger.Ledger, f ledger.Filter, face func(election.District) report.Face) (string, error) {
	var s []string
	if !f.District.IsZero() {
		s = append(s, face(f.District).Name)
	}
	if f.Area != "" {
		names, err := l.AreaNames(ctx, f.Area)
		if err != nil {
			return "", err
		}
		for _, x := range []struct {
			level election.Level
			title string
		}{{election.LevelKota, ""}, {election.LevelKecamatan, "Kec. "}, {election.LevelKelurahan, "Kel. "}} {
			// A kecamatan's kota is known to who chose it.
			if n := names[x.level]; n != "" && (x.level != election.LevelKota || f.Area.Level() == election.LevelKota) {
				s = append(s, x.title+n)
			}
		}
	}
	return strings.Join(s, ", "), nil
}

// progressWords is the progress for the terminal: the list, and a line that sums it up.
func progressWords(p *ledger.Progress, d *report.Document) string {
	var b strings.Builder
	for _, x := range d.Lines() {
		name := x.District
		switch {
		case x.TPS > 0:
			name = fmt.Sprintf("%s TPS %03d", x.Area, x.TPS)
		case x.Area != "":
			name = fmt.Sprintf("%-13s %s", x.Area, x.Kecamatan)
			if x.Kelurahan != "" {
				name = fmt.Sprintf("%-13s %s", x.Area, x.Kelurahan)
			}
		}
		fmt.Fprintf(&b, "%-40s %7d of %7d loaded, %7d missing", name, x.On(), x.Expected, x.Missing)
		if len(x.MissingKinds) > 0 {
			fmt.Fprintf(&b, "  %s", strings.Join(x.MissingKinds, " "))
		}
		b.WriteByte('\n')
	}
	t := p.Total()
	left := "nothing moves"
	if d, ok := p.Left(); ok {
		left = d.Round(time.Minute).String() + " left at this pace"
	}
	fmt.Fprintf(&b, "%d of %d boxes on trucks (%d departed, %d of them received), %d missing; %d an hour, %s; %d stopped in front of a wrong truck\n",
		t.On(), t.Expected, t.Departed, t.Received, t.Missing(), p.Pace(), left, p.Prevented())
	return b.String()
}
