package labels

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Every code of a batch is read off its rendered pages by a decoder that no one here wrote,
// none missing, none different. As a test of every day it is a small batch; make
// check-labels prints 12,000 labels, at the resolution of the coarsest printers and in its
// two colours.
func TestEveryCodeOfABatch(t *testing.T) {
	for _, tool := range [][2]string{{"pdftoppm", "poppler-utils"}, {"zbarimg", "zbar-tools"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Fatalf("%s is missing: install the package %s (make test does)", tool[0], tool[1])
		}
	}
	n, name := 64, "a4-2x4"
	if v := os.Getenv("LABELS"); v != "" {
		var err error
		if n, err = strconv.Atoi(v); err != nil || n < 1 {
			t.Fatalf("LABELS=%q: expected how many", v)
		}
	}
	if v := os.Getenv("STOCK"); v != "" {
		name = v
	}
	s := stock(t, name)
	perFile := MaxPerFile / s.PerPage() * s.PerPage()
	dir := t.TempDir()
	var (
		paths []string
		codes []map[string]int // of each file
		some  []Sticker
	)
	flush := func() {
		if len(some) == 0 {
			return
		}
		at := map[string]int{}
		for _, k := range some {
			at[k.Code]++
		}
		path := filepath.Join(dir, fmt.Sprintf("%03d.pdf", len(paths)))
		if err := os.Rename(write(t, s, some, Options{}), path); err != nil {
			t.Fatal(err)
		}
		paths, codes, some = append(paths, path), append(codes, at), nil
	}
	for k := range stickers(t, n) {
		if some = append(some, k); len(some) == perFile {
			flush()
		}
	}
	flush()

	var (
		mu            sync.Mutex
		wg            sync.WaitGroup
		read, missing int
		strange       []string
		next          = make(chan int)
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				got, err := decodePages(paths[i])
				mu.Lock()
				if err != nil {
					t.Errorf("%s: %v", paths[i], err)
				}
				for _, text := range got {
					if codes[i][text] == 0 {
						strange = append(strange, text)
						continue
					}
					codes[i][text]--
					read++
				}
				for text, left := range codes[i] {
					if left > 0 {
						missing += left
						t.Logf("not read: %s", text)
					}
				}
				if n > 1000 {
					fmt.Printf("%d of %d codes read, %d missing, %d different\n", read, n, missing, len(strange))
				}
				mu.Unlock()
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	if read != n || missing > 0 || len(strange) > 0 {
		t.Errorf("%s: %d of %d codes read, %d missing, different: %q", name, read, n, missing, strange)
	}
}

// decodePages renders a document at 203 dpi, black and white, and has zbarimg read each page.
func decodePages(path string) ([]string, error) {
	dir := strings.TrimSuffix(path, ".pdf")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if out, err := exec.Command("pdftoppm", "-r", "203", "-mono", path, filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "p*"))
	if err != nil || len(pages) == 0 {
		return nil, fmt.Errorf("no pages: %w", err)
	}
	var out bytes.Buffer
	c := exec.Command("zbarimg", append([]string{"-q", "--raw", "-Sdisable", "-Sqrcode.enable"}, pages...)...)
	c.Stdout = &out
	if err := c.Run(); err != nil && out.Len() == 0 {
		return nil, fmt.Errorf("zbarimg: %w", err)
	}
	return strings.Fields(out.String()), nil
}
