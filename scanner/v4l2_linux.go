package scanner

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"
)

// Pixel formats of V4L2 that are read (linux/videodev2.h): names of four letters.
const (
	formatMJPEG = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
	formatJPEG  = 'J' | 'P'<<8 | 'E'<<16 | 'G'<<24
	formatYUYV  = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
)

// cameraBuffers is how many pictures the kernel may hold: one that is filled, one that is
// read, and one to spare. More would only be older.
const cameraBuffers = 3

// NewCamera is a source of a local camera, by the name that 'dapilgate scanner list' tells or by a
// path as below /dev/v4l/by-id.
func NewCamera(name, device string, o CameraOptions) *Camera {
	c := newCamera(name, device, KindCamera, o)
	c.open = func(context.Context) (footage, string, error) { return openLocal(device, c.o) }
	return c
}

// localFootage is an open local camera.
type localFootage struct {
	cam    *webcam.Webcam
	format webcam.PixelFormat
	w, h   int

	mu   sync.Mutex // against closing while the camera's memory is read
	gone bool
}

// openLocal opens the camera of a name or path. Errors: ErrGone, ErrTaken, ErrSetup.
func openLocal(device string, o CameraOptions) (*localFootage, string, error) {
	paths := []string{device}
	if !filepath.IsAbs(device) {
		paths, _ = filepath.Glob("/dev/video*") // the pattern is a good one
		sort.Strings(paths)
	}
	err := error(ErrGone)
	for _, path := range paths {
		cam, openErr := webcam.Open(path)
		if openErr != nil {
			if filepath.IsAbs(device) {
				err = cameraError(openErr)
			}
			continue // a camera has more devices than one; not all give pictures
		}
		name, nameErr := cam.GetName()
		if nameErr != nil || !filepath.IsAbs(device) && !strings.EqualFold(name, device) {
			cam.Close()
			continue
		}
		f := &localFootage{cam: cam}
		if err = f.begin(o); err == nil {
			return f, name + " (" + path + ")", nil
		}
		cam.Close()
	}
	return nil, "", err
}

// begin chooses form and size, and starts the stream.
func (f *localFootage) begin(o CameraOptions) error {
	offered := f.cam.GetSupportedFormats()
	for _, want := range []webcam.PixelFormat{formatMJPEG, formatJPEG, formatYUYV} {
		if _, ok := offered[want]; ok {
			f.format = want
			break
		}
	}
	if f.format == 0 {
		return fmt.Errorf("%w: it gives neither MJPEG nor YUYV pictures", ErrSetup)
	}
	f.w, f.h = nearestSize(f.cam.GetSupportedFrameSizes(f.format), o.Width, o.Height)
	if _, _, _, err := f.cam.SetImageFormat(f.format, uint32(f.w), uint32(f.h)); err != nil {
		return cameraError(err)
	}
	if err := f.cam.SetBufferCount(cameraBuffers); err != nil {
		return cameraError(err)
	}
	if err := f.cam.StartStreaming(); err != nil {
		return cameraError(err)
	}
	return nil
}

// nearestSize is the size that a camera offers that has about as many pixels as wanted.
func nearestSize(offered []webcam.FrameSize, w, h int) (int, int) {
	bestW, bestH, best := w, h, -1
	for _, s := range offered {
		sw, sh := int(s.MaxWidth), int(s.MaxHeight)
		if s.StepWidth > 0 && s.StepHeight > 0 { // any size between two
			sw = int(s.MinWidth) + (min(max(w, int(s.MinWidth)), sw)-int(s.MinWidth))/int(s.StepWidth)*int(s.StepWidth)
			sh = int(s.MinHeight) + (min(max(h, int(s.MinHeight)), sh)-int(s.MinHeight))/int(s.StepHeight)*int(s.StepHeight)
		}
		if far := max(sw*sh-w*h, w*h-sw*sh); sw*sh > 0 && (best < 0 || far < best) {
			bestW, bestH, best = sw, sh, far
		}
	}
	return bestW, bestH
}

// next waits for a picture.
func (f *localFootage) next() (shot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return shot{}, ErrGone
	}
	const second = 1
	if err := f.cam.WaitForFrame(second); err != nil {
		return shot{}, fmt.Errorf("%w: no picture for a second: %w", ErrGone, err)
	}
	b, i, err := f.cam.GetFrame()
	if err != nil {
		return shot{}, cameraError(err)
	}
	s := shot{}
	if f.format == formatYUYV {
		if len(b) < 2*f.w*f.h {
			err = fmt.Errorf("%w: a YUYV picture of %d × %d pixels has %d bytes", ErrSetup, f.w, f.h, len(b))
		} else {
			s.raw = fromYUYV(b, f.w, f.h)
		}
	} else {
		s.jpeg = append([]byte(nil), b...)
	}
	if back := f.cam.ReleaseFrame(i); err == nil && back != nil {
		err = cameraError(back)
	}
	return s, err
}

// Close ends the stream; it waits for the picture that is being read, a second at most.
func (f *localFootage) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return nil
	}
	f.gone = true
	return f.cam.Close()
}

// cameraError makes one of our errors of the system's.
func cameraError(err error) error {
	switch {
	case errors.Is(err, unix.EBUSY), strings.Contains(err.Error(), unix.EBUSY.Error()):
		return fmt.Errorf("%w: %w", ErrTaken, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: the user needs the group video", err)
	}
	return fmt.Errorf("%w: %w", ErrGone, err)
}

// fromYUYV takes the planes of a picture of two pixels in four bytes apart.
func fromYUYV(b []byte, w, h int) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio422)
	for y := range h {
		row := b[2*w*y : 2*w*(y+1)]
		luma, cb, cr := m.Y[y*m.YStride:], m.Cb[y*m.CStride:], m.Cr[y*m.CStride:]
		for x := 0; x+1 < w; x += 2 {
			p := row[2*x : 2*x+4 : 2*x+4]
			luma[x], cb[x/2], luma[x+1], cr[x/2] = p[0], p[1], p[2], p[3]
		}
	}
	return m
}

// cameraDevices are the names of the local cameras that give pictures.
func cameraDevices() []string {
	var out []string
	paths, _ := filepath.Glob("/dev/video*") // the pattern is a good one
	sort.Strings(paths)
	for _, path := range paths {
		cam, err := webcam.Open(path)
		if err != nil {
			continue
		}
		if name, err := cam.GetName(); err == nil {
			out = append(out, name)
		}
		cam.Close()
	}
	return out
}
