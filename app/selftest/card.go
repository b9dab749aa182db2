package selftest

import (
	"fmt"

	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// Card are the codes of the printed card, in the order in which they are scanned. Paper is
// in Bahasa whatever the screen speaks: it lies there for all.
func Card() ([]labels.TestCard, error) {
	l, err := CardLabels()
	if err != nil {
		return nil, err
	}
	begin, err := code.CommandText(code.SelfTest, "")
	if err != nil {
		return nil, fmt.Errorf("test card: %w", err)
	}
	card := func(text, title, help string) labels.TestCard {
		return labels.TestCard{CommandCard: labels.CommandCard{Code: text, Title: title, Help: help}, Calibration: text == scanner.Calibration}
	}
	return []labels.TestCard{
		card(begin, "Mulai", "Pindai di layar muat: uji alat dimulai."),
		card(scanner.Calibration, "Kalibrasi", "Pemindai mengetik setiap huruf dengan benar."),
		card(l.Good, "Baik", "Harus hijau."),
		card(l.Good, "Ganda", "Label nomor 2 sekali lagi: harus kuning."),
		card(l.Wrong, "Salah dapil", "Harus merah dan mengunci."),
		card(l.Forged, "Palsu", "Tanda tangan palsu: harus merah dan mengunci."),
	}, nil
}

// WriteCard writes it as a PDF. Errors: see labels.WriteTestCard.
func WriteCard(path string, o labels.Options) error {
	cards, err := Card()
	if err != nil {
		return err
	}
	return labels.WriteTestCard(path, cards, o)
}
