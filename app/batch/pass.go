package batch

import (
	"context"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// PassPage is a gate pass with the names that people read.
func PassPage(ctx context.Context, l *ledger.Ledger, p ledger.Pass) (labels.TruckPass, error) {
	text, err := p.Code()
	if err != nil {
		return labels.TruckPass{}, fmt.Errorf("pass of %s: %w", p.Plate, err)
	}
	var names []string
	for _, k := range p.Kecamatan {
		n, err := l.AreaNames(ctx, k)
		if err != nil {
			return labels.TruckPass{}, fmt.Errorf("pass of %s: %w", p.Plate, err)
		}
		names = append(names, n[election.LevelKecamatan])
	}
	face := District(l.Event(), p.District, "")
	return labels.TruckPass{Code: text, Event: l.Event().Name, Plate: p.Plate, Driver: p.Driver, Numeral: face.Numeral, Pattern: face.Pattern,
		District: face.Name, Kecamatan: strings.Join(names, ", "), IssuedBy: p.IssuedBy, IssuedAt: p.IssuedAt}, nil
}

// WritePass issues a gate pass and writes its page.
func WritePass(ctx context.Context, l *ledger.Ledger, by ledger.Person, plate string, d election.District, kecamatan []election.AreaCode, path string) error {
	p, err := l.IssuePass(ctx, by, plate, d, kecamatan)
	if err != nil {
		return err
	}
	page, err := PassPage(ctx, l, p)
	if err != nil {
		return err
	}
	return labels.WriteTruckPasses(path, []labels.TruckPass{page}, labels.Options{Title: "Kartu truk " + p.Plate, Author: by.Name, Created: p.IssuedAt})
}

// commands are the cards on the wall of a dock. Paper is in Bahasa whatever the screen
// speaks: it hangs there for all.
var commands = []struct {
	command     code.Command
	title, help string
}{
	{code.SetAside, "Sisihkan", "Kotak ditolak sudah disisihkan; pindai labelnya sekali lagi."},
	{code.Undo, "Batalkan", "Turunkan kotak yang terakhir diterima."},
	{code.CloseLoad, "Tutup muatan", "Muatan lengkap: tutup."},
	{code.SelfTest, "Uji alat", "Uji pemindai di awal sif."},
}

// Card is a command with its card.
type Card struct {
	Command code.Command
	labels.CommandCard
}

// Commands are the cards of the command codes.
func Commands() ([]Card, error) {
	var out []Card
	for _, k := range commands {
		text, err := code.CommandText(k.command, "")
		if err != nil {
			return nil, fmt.Errorf("command code: %w", err)
		}
		out = append(out, Card{k.command, labels.CommandCard{Code: text, Title: k.title, Help: k.help}})
	}
	return out, nil
}

// WriteCommands writes the sheet of command codes.
func WriteCommands(path string, o labels.Options) error {
	cards, err := Commands()
	if err != nil {
		return err
	}
	plain := make([]labels.CommandCard, len(cards))
	for i := range cards {
		plain[i] = cards[i].CommandCard
	}
	return labels.WriteCommands(path, plain, o)
}

// WriteScannerLabel writes the calibration label of scanners.
func WriteScannerLabel(path string, o labels.Options) error {
	return labels.WriteScannerLabel(path, labels.CommandCard{Code: scanner.Calibration, Title: "Kalibrasi pemindai",
		Help: "Pindai di layar Setelan, Pemindai. Layar menjawab apa yang harus disetel."}, o)
}
