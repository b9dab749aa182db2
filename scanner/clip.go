package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Pace is how a clip is played.
type Pace int

// Paces. A test looks at each picture, at times that follow from the clip's rate; a show
// plays it as a camera would have sent it, late pictures dropped.
const (
	Each Pace = iota
	Live
)

// NewClip is a source of a recorded camera: a folder of JPEGs in the order of their names,
// or a file of JPEGs one after the other (.mjpeg, .mjpg). CameraOptions.Rate is its rate.
func NewClip(name, path string, pace Pace, o CameraOptions) *Camera {
	c := newCamera(name, path, KindClip, o)
	c.every = pace == Each
	c.open = func(context.Context) (footage, string, error) {
		f, err := openClip(path)
		if err != nil {
			return nil, "", err
		}
		f.step, f.start, f.live = time.Second/time.Duration(c.o.Rate), c.now(), pace == Live
		return f, path, nil
	}
	return c
}

// clip is an open recording.
type clip struct {
	files  []string
	stream *jpegs
	closer io.Closer
	start  time.Time
	step   time.Duration
	n      int
	live   bool
	over   chan struct{}
}

// openClip opens a recording. Error: ErrSetup.
func openClip(path string) (*clip, error) {
	c := &clip{over: make(chan struct{})}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	if !info.IsDir() {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSetup, err)
		}
		c.stream, c.closer = &jpegs{r: f}, f
		return c, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	for _, e := range entries {
		if ext := strings.ToLower(filepath.Ext(e.Name())); ext == ".jpg" || ext == ".jpeg" {
			c.files = append(c.files, filepath.Join(path, e.Name()))
		}
	}
	if slices.Sort(c.files); len(c.files) == 0 {
		return nil, fmt.Errorf("%w: no JPEG in folder %s", ErrSetup, path)
	}
	return c, nil
}

func (c *clip) next() (s shot, err error) {
	if c.stream != nil {
		s.jpeg, err = c.stream.next()
	} else if c.n >= len(c.files) {
		err = io.EOF
	} else {
		s.jpeg, err = os.ReadFile(c.files[c.n])
	}
	if err != nil {
		if !errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: picture %d: %w", ErrSetup, c.n+1, err)
		}
		return shot{}, err
	}
	s.at = c.start.Add(time.Duration(c.n) * c.step)
	c.n++
	if c.live {
		select {
		case <-time.After(time.Until(s.at)):
		case <-c.over:
			return shot{}, io.EOF
		}
	}
	return s, nil
}

// Close ends it.
func (c *clip) Close() error {
	close(c.over)
	if c.closer != nil {
		return c.closer.Close()
	}
	return nil
}
