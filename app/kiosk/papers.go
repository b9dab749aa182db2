package kiosk

import (
	"fmt"
	"path/filepath"

	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"
)

// shutHere is the newest load of this dock that is closed and has not left: its papers can
// be made. Nil: none.
func (s *shell) shutHere() (*ledger.Load, error) {
	all, err := s.ledger.Loads(s.ctx, ledger.LoadClosed)
	for _, ld := range all {
		if ld.Dock == s.cfg.Dock {
			return &ld, err
		}
	}
	return nil, err
}

// papers offers the surat jalan and berita acara of the load that was closed last.
func (x *loading) papers() cell {
	l := x.s.look
	if x.shut == nil {
		return l.note("", true)
	}
	return l.fix(84, l.row(14, grow(1.2, l.textN(T("papers.offer", words.Data{"Truck": x.shut.Plate, "Count": words.Number(x.shut.Count)}), 28, 2, bold, l.page.ink)),
		grow(1, l.next("print", T("papers.make"), x.makePapers).sized(26)),
		grow(0.8, l.button("truck", T("depart.button"), func() { x.step, x.note = stepDepart, nil; x.refresh() }).sized(24)),
		grow(0.7, l.button("undo", T("reopen.do"), func() { x.except(*x.shut, exceptReopen) }).sized(24))))
}

// makePapers issues both papers in the name of who is here, and the list that the surat
// jalan's digest is of.
func (x *loading) makePapers() {
	ld, by, files := *x.shut, x.s.person, x.s.cfg.Files
	x.s.later(func() func() {
		err := x.s.issuePapers(ld, by, files)
		return func() {
			x.good = err == nil
			x.note = func() string {
				if err != nil {
					return words.Error(err)
				}
				return T("papers.done", words.Data{"Files": files})
			}
			x.refresh()
		}
	})
}

func (s *shell) issuePapers(ld ledger.Load, by ledger.Person, files string) error {
	kecamatan := ""
	if len(ld.Kecamatan) == 1 {
		names, err := s.ledger.AreaNames(s.ctx, ld.Kecamatan[0])
		if err != nil {
			return err
		}
		kecamatan = names[ld.Kecamatan[0].Level()]
	}
	f := s.district(ld.District, kecamatan)
	for _, kind := range []string{report.KindSuratJalan, report.KindBeritaAcara} {
		d, err := report.Issue(s.ctx, s.ledger, by, kind, ld.ID, report.Paper{Face: report.Face{Numeral: f.Numeral, Pattern: f.Pattern, Name: f.Name}})
		if err != nil {
			return err
		}
		for _, form := range []string{"pdf", "csv"} {
			if err := d.WriteFile(filepath.Join(files, fmt.Sprintf("%s-%04d-%d.%s", kind, ld.ID, d.Print, form)), form); err != nil {
				return err
			}
		}
	}
	return nil
}
