package scanner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxJPEG is the largest picture that is taken off a network camera, in bytes.
const maxJPEG = 16 << 20

// NewNetCamera is a source of a camera that sends MJPEG over HTTP
// (multipart/x-mixed-replace). Name and password stand in the address.
func NewNetCamera(name, url string, o CameraOptions) *Camera {
	c := newCamera(name, url, KindCamera, o)
	c.open = func(ctx context.Context) (footage, string, error) { return openHTTP(ctx, url) }
	return c
}

// httpFootage is a network camera's stream.
type httpFootage struct {
	parts  *multipart.Reader
	body   io.Closer
	cancel context.CancelFunc
	stall  *time.Timer
	once   sync.Once
}

// openHTTP asks for the stream. Errors: ErrGone, ErrSetup.
func openHTTP(ctx context.Context, url string) (*httpFootage, string, error) {
	ctx, cancel := context.WithCancel(ctx)
	f := &httpFootage{cancel: cancel}
	// A camera may take a moment for its first picture.
	f.stall = time.AfterFunc(5*stallTime, cancel)
	fail := func(kind, err error) (*httpFootage, string, error) {
		f.Close()
		return nil, "", fmt.Errorf("%w: %w", kind, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fail(ErrSetup, err)
	}
	client := http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: stallTime}).DialContext}}
	resp, err := client.Do(req)
	if err != nil {
		return fail(ErrGone, err)
	}
	f.body = resp.Body
	if resp.StatusCode != http.StatusOK {
		kind := ErrGone
		if resp.StatusCode < 500 {
			kind = ErrSetup
		}
		return fail(kind, fmt.Errorf("it answers %s", resp.Status))
	}
	media, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(media, "multipart/") || params["boundary"] == "" {
		return fail(ErrSetup, fmt.Errorf("it sends %q, no MJPEG stream (multipart/x-mixed-replace)", resp.Header.Get("Content-Type")))
	}
	// Many cameras write the dashes into the boundary too.
	f.parts = multipart.NewReader(resp.Body, strings.TrimPrefix(params["boundary"], "--"))
	return f, req.URL.Redacted(), nil
}

// next waits for a picture; errors: ErrGone.
func (f *httpFootage) next() (shot, error) {
	p, err := f.parts.NextRawPart()
	if err != nil {
		return shot{}, fmt.Errorf("%w: %w", ErrGone, err)
	}
	b, err := io.ReadAll(io.LimitReader(p, maxJPEG))
	if err != nil {
		return shot{}, fmt.Errorf("%w: %w", ErrGone, err)
	}
	f.stall.Reset(stallTime)
	return shot{jpeg: b}, nil
}

// Close ends the stream.
func (f *httpFootage) Close() error {
	f.once.Do(func() {
		f.stall.Stop()
		f.cancel()
		if f.body != nil {
			f.body.Close()
		}
	})
	return nil
}

// jpegs takes the JPEGs out of a file that holds nothing but them, one after the other.
type jpegs struct {
	r   io.Reader
	buf []byte
}

var errNoJPEG = errors.New("no JPEG begins here")

// next is the next JPEG; io.EOF after the last.
func (j *jpegs) next() ([]byte, error) {
	for {
		if n, err := jpegLength(j.buf); err != nil {
			return nil, err
		} else if n > 0 {
			one := append([]byte(nil), j.buf[:n]...)
			j.buf = append(j.buf[:0], j.buf[n:]...)
			return one, nil
		}
		if len(j.buf) > maxJPEG {
			return nil, ErrTooLarge
		}
		more := make([]byte, 256<<10)
		n, err := j.r.Read(more)
		j.buf = append(j.buf, more[:n]...)
		if n == 0 && err != nil {
			if errors.Is(err, io.EOF) && len(j.buf) > 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// jpegLength is the length of the JPEG that b begins with; 0: more is needed. Segments are
// stepped over, for a thumbnail in one has an end of its own; in the scan's data 0xff is
// followed by 0 or a restart marker (ITU-T T.81, B.1).
func jpegLength(b []byte) (int, error) {
	if len(b) < 4 {
		return 0, nil
	}
	if b[0] != 0xff || b[1] != 0xd8 {
		return 0, errNoJPEG
	}
	for at := 2; at+4 <= len(b); {
		if b[at] != 0xff {
			return 0, errNoJPEG
		}
		switch m := b[at+1]; {
		case m == 0xd9:
			return at + 2, nil
		case m == 0xff || m == 0x01 || m >= 0xd0 && m <= 0xd7:
			at++
			if m != 0xff {
				at++
			}
		default:
			at += 2 + int(b[at+2])<<8 + int(b[at+3])
			if m != 0xda {
				continue
			}
			for { // the scan's data
				if at >= len(b) {
					return 0, nil
				}
				i := bytes.IndexByte(b[at:], 0xff)
				if i < 0 || at+i+1 >= len(b) {
					return 0, nil
				}
				at += i
				if n := b[at+1]; n != 0 && (n < 0xd0 || n > 0xd7) {
					break
				}
				at += 2
			}
			if b[at+1] == 0xd9 {
				return at + 2, nil
			}
		}
	}
	return 0, nil
}

// huffman are the tables that a camera's MJPEG leaves out because everybody has them
// (ITU-T T.81, K.3), in the segments in which Go's own encoder writes them.
var huffman = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1, 1)), nil); err != nil {
		return nil // a buffer takes everything
	}
	_, tables := segment(b.Bytes(), 0xc4)
	return tables
})

// withTables gives a JPEG the usual Huffman tables where it has none.
func withTables(b []byte) []byte {
	if at, tables := segment(b, 0xc4); tables != nil || at == 0 {
		return b
	} else {
		out := make([]byte, 0, len(b)+len(huffman()))
		out = append(out, b[:at]...)
		out = append(out, huffman()...)
		return append(out, b[at:]...)
	}
}

// segment finds the segments of a marker before a JPEG's scan, and where the scan begins;
// 0 where it doesn't.
func segment(b []byte, marker byte) (scan int, found []byte) {
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		n := 2 + int(b[at+2])<<8 + int(b[at+3])
		switch b[at+1] {
		case 0xda:
			return at, found
		case marker:
			found = append(found, b[at:min(len(b), at+n)]...)
		}
		at += n
	}
	return 0, found
}
