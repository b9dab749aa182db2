package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dapilgate/labels"
)

// stocksFlag adds --stocks, an office's own stocks.
func (f *flags) stocksFlag() {
	f.StringVar(&f.stocks, "stocks", f.c.env("DAPILGATE_STOCKS"), "own label stocks `FILE` (default: dapilgate/stocks.toml in the user's configuration folder)")
}

// catalogue is the label stocks: the built-in ones, and the office's own. A file that was
// asked for must be readable; what is wrong with the one at its default place stands in the
// catalogue and stops no print on another stock.
func (f *flags) catalogue() (labels.Catalogue, error) {
	if f.stocks != "" {
		return labels.ReadStocks(f.stocks)
	}
	if dir, err := os.UserConfigDir(); err == nil {
		path := filepath.Join(dir, "dapilgate", "stocks.toml")
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			c, _ := labels.ReadStocks(path)
			return c, nil
		}
	}
	return labels.BuiltInStocks()
}

// stockJSON is a stock as scripts read it. Lengths in millimetres.
type stockJSON struct {
	Stock   string     `json:"stock"`
	Title   string     `json:"title,omitempty"`
	Label   [2]float64 `json:"label,omitzero"`
	PerPage int        `json:"per_page,omitempty"`
	DPI     int        `json:"dpi,omitempty"`
	Module  float64    `json:"module,omitempty"`
	Refused string     `json:"refused,omitempty"`
}

// cmdStocks lists what labels can be printed on, and what not and why.
func (c *cli) cmdStocks(_ context.Context, args []string) error {
	f := c.flags("stocks")
	f.stocksFlag()
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	all, err := f.catalogue()
	if err != nil {
		return err
	}
	var list []stockJSON
	for _, s := range all.Fit {
		list = append(list, stockJSON{s.Name, s.Title, s.Label, s.PerPage(), s.DPI, s.Module(), ""})
	}
	for _, r := range all.Refused {
		list = append(list, stockJSON{Stock: r.Name, Title: r.Title, Refused: r.Why.Error()})
	}
	for _, s := range list {
		switch {
		case f.json:
			err = c.out(s)
		case s.Refused != "":
			err = c.printf("%-16s can't be used: %s\n", s.Stock, s.Refused)
		default:
			err = c.printf("%-16s %-44s %-16s %2d a page, module %.2f mm at %d dpi\n", s.Stock, s.Title,
				fmt.Sprintf("%g × %g mm", s.Label[0], s.Label[1]), s.PerPage, s.Module, s.DPI)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
