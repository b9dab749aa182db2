package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// CSV is the document's first table: RFC 4180, UTF-8, a comma between the cells.
func (d *Document) CSV() ([]byte, error) {
	t := d.Tables[0]
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := append([]string(nil), t.Head...)
	err := w.Write(line)
	for _, r := range t.Rows {
		line = line[:0]
		for _, c := range r {
			line = append(line, cell(c))
		}
		if err == nil {
			err = w.Write(line)
		}
	}
	if w.Flush(); err == nil {
		err = w.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("write %s as CSV: %w", d.Title, err)
	}
	return b.Bytes(), nil
}

// cell is a value in a CSV file. A text that a spreadsheet would take for a formula is
// marked as text.
func cell(v any) string {
	s, ok := v.(string)
	if !ok {
		return fmt.Sprint(v)
	}
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// XLSX is the document as a workbook, a sheet a table, written row by row.
func (d *Document) XLSX() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("write %s as XLSX: %w", d.Title, err) }
	if err := f.SetDocProps(&excelize.DocProperties{Title: d.Title + " " + d.Number, Creator: "Dapilgate",
		Created: d.at.UTC().Format("2006-01-02T15:04:05Z"), Modified: d.at.UTC().Format("2006-01-02T15:04:05Z")}); err != nil {
		return fail(err)
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDDDDD"}}})
	if err != nil {
		return fail(err)
	}
	for i, t := range d.Tables {
		if i == 0 {
			err = f.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = f.NewSheet(t.Name)
		}
		if err == nil {
			err = stream(f, t, head)
		}
		if err != nil {
			return fail(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return fail(err)
	}
	return b.Bytes(), nil
}

func stream(f *excelize.File, t Table, head int) error {
	w, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	for c, width := range t.widths() {
		if err := w.SetColWidth(c+1, c+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(t.Head))
	for i, h := range t.Head {
		cells[i] = excelize.Cell{StyleID: head, Value: h}
	}
	if err := w.SetRow("A1", cells); err != nil {
		return err
	}
	for i, r := range t.Rows {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, r); err != nil {
			return err
		}
	}
	return w.Flush()
}

// widths are the columns' widths in characters, by their first rows.
func (t *Table) widths() []float64 {
	const least, most, look = 6, 60, 200
	out := make([]float64, len(t.Head))
	for i, h := range t.Head {
		out[i] = float64(max(least, len(h)+2))
	}
	for _, r := range t.Rows[:min(len(t.Rows), look)] {
		for i, c := range r {
			out[i] = min(most, max(out[i], float64(len([]rune(fmt.Sprint(c)))+2)))
		}
	}
	return out
}
