package election

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// dapilColumn begins the name of a column with the dapil codes of a kind.
const dapilColumn = "dapil_"

func isDapilColumn(name string) bool { return strings.HasPrefix(name, dapilColumn) }

// table reads a CSV or XLSX file row by row, with its columns by name and the place of
// each field for faults.
type table struct {
	file    string
	faults  *Faults
	columns map[string]int
	read    func() ([]string, error)
	place   func(column int) (line, col int)
	closer  io.Closer

	row []string
	err error // of reading itself
}

func csvTable(file string, r io.Reader, faults *Faults) *table {
	c := csv.NewReader(skipBOM(r))
	c.ReuseRecord = true
	c.FieldsPerRecord = -1 // told with line and column, and the next row is still read
	t := &table{file: file, faults: faults}
	t.read = func() ([]string, error) {
		for {
			row, err := c.Read()
			var pe *csv.ParseError
			if !errors.As(err, &pe) {
				return row, err
			}
			faults.add(file, pe.Line, pe.Column, "%v", pe.Err)
		}
	}
	t.place = func(i int) (int, int) { return c.FieldPos(i) }
	return t
}

// skipBOM drops the byte order mark that spreadsheet programs write.
func skipBOM(r io.Reader) io.Reader {
	head := make([]byte, 3)
	n, err := io.ReadFull(r, head)
	if err == nil && string(head) == "\xef\xbb\xbf" {
		return r
	}
	return io.MultiReader(strings.NewReader(string(head[:n])), r)
}

// unzipLimit bounds what a workbook may unpack to, in bytes: a small file can hold a bomb.
const unzipLimit = 1 << 30

func xlsxTable(file string, r io.Reader, faults *Faults) (*table, error) {
	book, err := excelize.OpenReader(r, excelize.Options{UnzipSizeLimit: unzipLimit})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file, err), book.Close())
	}
	t := &table{file: file, faults: faults, closer: book}
	line := 0
	t.read = func() ([]string, error) {
		if !rows.Next() {
			return nil, errors.Join(rows.Error(), io.EOF)
		}
		line++
		return rows.Columns()
	}
	t.place = func(i int) (int, int) { return line, i + 1 }
	return t, nil
}

func (t *table) close() {
	if t.closer != nil {
		t.closer.Close()
	}
}

// header reads the first row: the wanted columns, and others that the caller knows.
func (t *table) header(want []string, known func(string) bool) bool {
	row, err := t.read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			t.faults.add(t.file, 0, 0, "the file is empty; expected the columns %s", strings.Join(want, ","))
			return false
		}
		t.err = fmt.Errorf("%s: %w", t.file, err)
		return false
	}
	t.columns = map[string]int{}
	for i, name := range row {
		name = strings.TrimSpace(name)
		line, col := t.place(i)
		if _, double := t.columns[name]; double {
			t.faults.add(t.file, line, col, "column %q is there twice", name)
		}
		t.columns[name] = i
		if !contains(want, name) && (known == nil || !known(name)) {
			t.faults.add(t.file, line, col, "unknown column %q", name)
		}
	}
	whole := true
	for _, name := range want {
		if _, ok := t.columns[name]; !ok {
			t.faults.add(t.file, 1, 0, "column %q is missing", name)
			whole = false
		}
	}
	return whole
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// dapilKinds are the kinds that have a dapil column.
func (t *table) dapilKinds() []string {
	var out []string
	for name := range t.columns {
		if isDapilColumn(name) {
			out = append(out, strings.TrimPrefix(name, dapilColumn))
		}
	}
	sort.Strings(out)
	return out
}

// next reads the next row that has all its fields; rows that have not are faults.
func (t *table) next() bool {
	for {
		row, err := t.read()
		if errors.Is(err, io.EOF) {
			return false
		}
		if err != nil {
			t.err = fmt.Errorf("%s: %w", t.file, err)
			return false
		}
		t.row = row
		if len(row) > len(t.columns) {
			line, col := t.place(len(t.columns))
			t.faults.add(t.file, line, col, "%d fields, the header has %d", len(row), len(t.columns))
			continue
		}
		if len(row) < len(t.columns) && t.missing() {
			line, _ := t.place(0)
			t.faults.add(t.file, line, 0, "%d fields, the header has %d", len(row), len(t.columns))
			continue
		}
		for i, v := range row {
			if !utf8.ValidString(v) {
				line, col := t.place(i)
				t.faults.add(t.file, line, col, "the text is not UTF-8")
			}
		}
		return true
	}
}

// missing: a workbook leaves out empty cells at the end of a row, a CSV file must not.
func (t *table) missing() bool { return !strings.HasSuffix(t.file, ".xlsx") }

// get is a field of the row.
func (t *table) get(column string) string {
	i, ok := t.columns[column]
	if !ok || i >= len(t.row) {
		return ""
	}
	return strings.TrimSpace(t.row[i])
}

// fault notes a fault of a field of the row.
func (t *table) fault(column, format string, a ...any) {
	line, col := 0, 0
	if i, ok := t.columns[column]; ok && i < len(t.row) {
		line, col = t.place(i)
	} else {
		line, _ = t.place(0)
	}
	t.faults.add(t.file, line, col, format, a...)
}
