package labels

import (
	"encoding/json"
	"errors"
	"testing"
)

// FuzzKeyFile: no file makes the parser panic or pass a cost beyond the limits on.
func FuzzKeyFile(f *testing.F) {
	good, err := json.Marshal(keyFile{
		Form: keyFileForm, KDF: kdfName, Time: kdfTime, Memory: kdfMemory, Threads: kdfThreads,
		Salt: make([]byte, 16), Nonce: make([]byte, 24), Public: make([]byte, 32), Sealed: make([]byte, 48),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"form":"dapilgate-signing-key-1","memory_kib":4294967295}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := parseKeyFile(b)
		if err != nil {
			if !errors.Is(err, ErrKeyFile) || k != nil {
				t.Fatalf("got %v, %v", k, err)
			}
			return
		}
		if k.Memory > maxKDFMemory || k.Time > maxKDFTime || k.Threads > maxKDFThreads || k.Time == 0 || k.Threads == 0 {
			t.Fatalf("cost let through: %+v", k)
		}
	})
}
