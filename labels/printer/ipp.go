package printer

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/OpenPrinting/goipp"
)

// IPP is a printer that speaks the Internet Printing Protocol (RFC 8010, RFC 8011), by
// itself or through a print server.
type IPP struct {
	URI     string        // the printer's own name: ipp://HOST/path
	Timeout time.Duration // for one answer; 0: ten seconds
	Poll    time.Duration // between two looks at a job; 0: half a second

	post   string // URL that requests go to
	client *http.Client
	peer   string // user of this computer, for a print server on a socket; may be empty
}

// newIPP is the printer at an ipp:, ipps:, http: or https: address.
func newIPP(u *url.URL) *IPP {
	to := *u
	switch u.Scheme {
	case "ipp":
		to.Scheme = "http"
	case "ipps":
		to.Scheme = "https"
	}
	if u.Port() == "" {
		to.Host = u.Host + ":631"
	}
	if u.Path == "" {
		to.Path = "/ipp/print"
	}
	name := to
	name.Scheme = map[string]string{"http": "ipp", "https": "ipps"}[to.Scheme]
	return &IPP{URI: name.String(), post: to.String(), client: &http.Client{
		// A connection of its own for each request, and no redirects: nothing may send a
		// document twice on its own account.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true,
			// Printers sign their own certificates. What is sent is no secret, and what
			// they answer is checked on the label.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		},
	}}
}

func (p *IPP) timeout() time.Duration { return cmp.Or(p.Timeout, 10*time.Second) }
func (p *IPP) poll() time.Duration    { return cmp.Or(p.Poll, 500*time.Millisecond) }

// statusError is a printer's refusal.
type statusError struct {
	op     goipp.Op
	status goipp.Status
	detail string
}

func (e *statusError) Error() string {
	s := fmt.Sprintf("%s: %s", e.op, e.status)
	if e.detail != "" {
		s += ": " + e.detail
	}
	return s
}

// request begins a message about this printer.
func (p *IPP) request(op goipp.Op, user string) *goipp.Message {
	m := goipp.NewRequest(goipp.DefaultVersion, op, 1)
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(p.URI)))
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(cmp.Or(user, "dapilgate"))))
	return m
}

func keywords(name string, words ...string) goipp.Attribute {
	a := goipp.Attribute{Name: name}
	for _, w := range words {
		a.Values.Add(goipp.TagKeyword, goipp.String(w))
	}
	return a
}

// sentReader counts what was read of a request's body: what may have been sent.
type sentReader struct {
	io.Reader
	n atomic.Int64 // the transport may still read when the answer is there
}

func (r *sentReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.n.Add(int64(n))
	return n, err
}

// maxAnswer bounds an answer, in bytes; long lists of media are some tens of kilobytes.
const maxAnswer = 4 << 20

// call sends a request, with a document or without, and reads the answer. sent tells how
// much of the request may have been sent: nothing, or all. Errors: ErrOffline, ErrStatus,
// and a refusal as *statusError.
func (p *IPP) call(ctx context.Context, m *goipp.Message, document []byte) (answer *goipp.Message, sent sending, err error) {
	op := goipp.Op(m.Code)
	head, err := m.EncodeBytes()
	if err != nil {
		return nil, sentNothing, fmt.Errorf("%s: %w", op, err)
	}
	size := len(head) + len(document)
	// A document has the time that a slow printer takes for its bytes: 64 KiB a second.
	ctx, cancel := context.WithTimeout(ctx, p.timeout()+time.Duration(len(document)>>16)*time.Second)
	defer cancel()
	body := &sentReader{Reader: io.MultiReader(bytes.NewReader(head), bytes.NewReader(document))}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.post, body)
	if err != nil {
		return nil, sentNothing, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	r.ContentLength = int64(size)
	r.Header.Set("Content-Type", goipp.ContentType)
	if p.peer != "" {
		r.Header.Set("Authorization", "PeerCred "+p.peer)
	}
	state := func() sending {
		switch body.n.Load() {
		case 0:
			return sentNothing
		case int64(size):
			return sentAll
		}
		return sentSome
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return nil, state(), fmt.Errorf("%w: %s: %s: %w", ErrOffline, p.URI, op, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, state(), fmt.Errorf("%w: %s: %s: HTTP %s", ErrStatus, p.URI, op, resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, state(), fmt.Errorf("%w: %s: %s: %w", ErrOffline, p.URI, op, err)
	}
	answer = &goipp.Message{}
	if err := answer.DecodeBytes(text); err != nil {
		return nil, state(), fmt.Errorf("%w: %s: %s: %w", ErrStatus, p.URI, op, err)
	}
	if status := goipp.Status(answer.Code); status >= goipp.StatusRedirectionOtherSite {
		detail := text1(answer.Operation, "status-message")
		for _, a := range answer.Unsupported {
			detail = strings.TrimSpace(detail + " " + a.Name + "=" + a.Values.String())
		}
		return answer, state(), &statusError{op, status, detail}
	}
	return answer, state(), nil
}

// sending is how much of a request may have left.
type sending int

const (
	sentNothing sending = iota
	sentSome
	sentAll
)

// ask sends a question, which does no harm when it is lost.
func (p *IPP) ask(ctx context.Context, m *goipp.Message) (*goipp.Message, error) {
	answer, _, err := p.call(ctx, m, nil)
	var refused *statusError
	if errors.As(err, &refused) {
		err = fmt.Errorf("%w: %s: %w", ErrStatus, p.URI, err)
	}
	return answer, err
}

// attributes asks for what the printer says of itself.
func (p *IPP) attributes(ctx context.Context, names ...string) (goipp.Attributes, error) {
	m := p.request(goipp.OpGetPrinterAttributes, "")
	m.Operation.Add(keywords("requested-attributes", names...))
	answer, err := p.ask(ctx, m)
	if err != nil {
		return nil, err
	}
	return answer.Printer, nil
}

var statusAttributes = []string{"printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs", "queued-job-count"}

// Status asks the printer how it is. Errors: ErrOffline, ErrStatus.
func (p *IPP) Status(ctx context.Context) (Status, error) {
	a, err := p.attributes(ctx, statusAttributes...)
	if err != nil {
		return Status{}, err
	}
	return statusOf(a)
}

// reasonOf are the keywords of printer-state-reasons (RFC 8011 §5.4.12, PWG 5100.9), each
// without its severity.
var reasonOf = map[string]Reason{
	"media-empty": PaperOut, "media-low": PaperLow, "media-needed": PaperWrong, "media-jam": Jam,
	"input-media-supply-empty": PaperOut, "input-media-supply-low": PaperLow, "input-manual-input-request": PaperOut,
	"input-tray-missing": TrayMissing, "output-tray-missing": TrayMissing, "input-media-size-change": PaperWrong,
	"paused": Paused, "moving-to-paused": Paused, "stopping": Paused, "hold-new-jobs": Paused,
	"cover-open": CoverOpen, "door-open": CoverOpen, "interlock-open": CoverOpen, "input-cover-open": CoverOpen, "output-cover-open": CoverOpen,
	"output-area-full": OutputFull, "output-area-almost-full": OutputFull,
	"toner-empty": InkOut, "toner-low": InkLow, "marker-supply-empty": InkOut, "marker-supply-low": InkLow, "marker-supply-missing": InkOut,
	"marker-ink-empty": InkOut, "marker-ribbon-empty": RibbonOut, "marker-print-ribbon-empty": RibbonOut,
	"fuser-over-temp": TooHot, "fuser-under-temp": TooCold, "marker-fuser-thermistor-failure": TooHot,
	"spool-area-full": Full, "connecting-to-device": Unreachable, "timed-out": Unreachable, "offline": Unreachable,
	"deactivated": Rejecting, "shutdown": Unreachable,
}

// soon are the reasons that stop nothing yet, whatever severity a printer gives them.
var soon = map[Reason]bool{PaperLow: true, InkLow: true}

// bars are the reasons under which nothing comes out, where a printer gives no severity.
var bars = map[Reason]bool{PaperOut: true, PaperWrong: true, Jam: true, CoverOpen: true, TrayMissing: true, OutputFull: true, RibbonOut: true}

// statusOf reads a printer's state. What stops it is what the printer calls an error; where
// it gives no severity, what keeps paper from coming out, and anything while it says that it
// has stopped. Error: ErrStatus.
func statusOf(a goipp.Attributes) (Status, error) {
	var s Status
	state := integer(a, "printer-state")
	s.State = map[int]State{3: Idle, 4: Printing, 5: Stopped}[state]
	if s.State == "" {
		return s, fmt.Errorf("%w: printer-state %d", ErrStatus, state)
	}
	s.Message = text1(a, "printer-state-message")
	s.Buffered = max(integer(a, "queued-job-count"), 0)
	add := func(to *[]Reason, r Reason) {
		if !slices.Contains(*to, r) {
			*to = append(*to, r)
		}
	}
	for _, k := range texts(a, "printer-state-reasons") {
		word, severity := k, ""
		for _, suffix := range []string{"-report", "-warning", "-error"} {
			if w, ok := strings.CutSuffix(k, suffix); ok {
				word, severity = w, suffix
			}
		}
		r, known := reasonOf[word]
		stops := severity == "-error" || severity == "" && (s.State == Stopped || bars[r])
		switch {
		case k == "none" || severity == "-report":
		case known && (soon[r] || !stops):
			add(&s.Warnings, r)
		case known:
			add(&s.Reasons, r)
		case stops && !strings.HasPrefix(k, "cups-"):
			add(&s.Reasons, NeedsPerson)
			s.Message = strings.TrimSpace(s.Message + " (" + k + ")")
		}
	}
	if accepts, ok := boolean(a, "printer-is-accepting-jobs"); ok && !accepts {
		add(&s.Reasons, Rejecting)
	}
	if s.State == Stopped && len(s.Reasons) == 0 {
		add(&s.Reasons, NeedsPerson)
	}
	if len(s.Reasons) > 0 {
		s.State = Stopped
	}
	return s, nil
}

var abilityAttributes = append([]string{"printer-make-and-model", "printer-device-id", "document-format-supported", "media-supported", "media-ready",
	"media-source-supported", "media-type-supported", "printer-resolution-supported", "pwg-raster-document-resolution-supported", "pwg-raster-document-type-supported",
	"operations-supported", "sides-supported", "copies-supported", "print-scaling-supported", "print-quality-supported", "number-up-supported",
	"job-sheets-supported", "media-col-supported", "multiple-document-handling-supported"}, statusAttributes...)

// Abilities asks the printer what it can do. Errors: ErrOffline, ErrStatus.
func (p *IPP) Abilities(ctx context.Context) (Abilities, error) {
	a, err := p.attributes(ctx, abilityAttributes...)
	if err != nil {
		return Abilities{}, err
	}
	return abilitiesOf(a), nil
}

func abilitiesOf(a goipp.Attributes) Abilities {
	x := Abilities{Model: text1(a, "printer-make-and-model"), Ready: texts(a, "media-ready"), Trays: texts(a, "media-source-supported"), Types: texts(a, "media-type-supported")}
	for _, form := range []string{ZPL, PDF, PWG} { // ZPL first: it has the head's own dots
		if wireForm(a, form) != "" {
			x.Forms = append(x.Forms, form)
		}
	}
	for _, name := range texts(a, "media-supported") {
		if m, ok := ParseMedia(name); ok {
			x.Media = append(x.Media, m)
		}
	}
	x.DPI, x.RasterDPI = resolutions(a, "printer-resolution-supported"), resolutions(a, "pwg-raster-document-resolution-supported")
	x.Grey = !slices.Contains(texts(a, "pwg-raster-document-type-supported"), "black_1")
	if x.Grey && !slices.Contains(texts(a, "pwg-raster-document-type-supported"), "sgray_8") || len(x.RasterDPI) == 0 {
		x.Forms = slices.DeleteFunc(x.Forms, func(f string) bool { return f == PWG })
		x.Grey = false
	}
	return x
}

// resolutions are square ones, in dots per inch.
func resolutions(a goipp.Attributes, name string) (out []int) {
	for _, v := range values(a, name) {
		if r, ok := v.(goipp.Resolution); ok && r.Units == goipp.UnitsDpi && r.Xres == r.Yres {
			out = append(out, r.Xres)
		}
	}
	slices.Sort(out)
	return out
}

// wireForm is what the printer calls a form of documents; empty: it does not take it. Print
// servers take ZPL only as bytes that they pass on unseen, so that it must be known that the
// printer behind is one for ZPL.
func wireForm(a goipp.Attributes, form string) string {
	has := func(mime string) bool { return slices.Contains(texts(a, "document-format-supported"), mime) }
	if has(form) {
		return form
	}
	if form != ZPL {
		return ""
	}
	for _, mime := range []string{"application/zpl", "application/x-zpl", "text/zpl"} {
		if has(mime) {
			return mime
		}
	}
	if id := strings.ToUpper(text1(a, "printer-device-id") + " " + text1(a, "printer-make-and-model")); strings.Contains(id, "ZPL") {
		for _, mime := range []string{"application/vnd.cups-raw", "application/octet-stream"} {
			if has(mime) {
				return mime
			}
		}
	}
	return ""
}

// qualities are print-quality's values (RFC 8011 §5.2.13).
var qualities = map[string]int{"draft": 3, "normal": 4, "high": 5}

// jobAttributes are the options of a job, as far as this printer has them. Error:
// ErrRefused where it lacks one that matters.
func jobAttributes(a goipp.Attributes, j Job) (goipp.Attributes, error) {
	var out goipp.Attributes
	if j.Form != ZPL { // a label says its own size
		media, err := mediaAttribute(a, j)
		if err != nil {
			return nil, err
		}
		if media.Name != "" {
			out.Add(media)
		}
	}
	only := func(name, value string) {
		if slices.Contains(texts(a, name+"-supported"), value) {
			out.Add(keywords(name, value))
		}
	}
	only("sides", "one-sided")
	only("print-scaling", "none")
	if len(values(a, "copies-supported")) > 0 {
		out.Add(goipp.MakeAttribute("copies", goipp.TagInteger, goipp.Integer(1)))
	}
	if len(values(a, "number-up-supported")) > 0 {
		out.Add(goipp.MakeAttribute("number-up", goipp.TagInteger, goipp.Integer(1)))
	}
	if slices.Contains(texts(a, "job-sheets-supported"), "none") {
		out.Add(goipp.MakeAttribute("job-sheets", goipp.TagName, goipp.String("none"))) // a banner page would use up labels
	}
	if q := j.Option.Quality; q != "" {
		if !slices.Contains(values(a, "print-quality-supported"), goipp.Value(goipp.Integer(qualities[q]))) {
			return nil, fmt.Errorf("%w: it has no quality %q", ErrRefused, q)
		}
		out.Add(goipp.MakeAttribute("print-quality", goipp.TagEnum, goipp.Integer(qualities[q])))
	}
	return out, nil
}

// mediaAttribute chooses the paper: by its name, else by the page's size, which the printer
// must have. An empty one: the printer does not say what it has.
func mediaAttribute(a goipp.Attributes, j Job) (goipp.Attribute, error) {
	supported := texts(a, "media-supported")
	if len(supported) == 0 {
		return goipp.Attribute{}, nil
	}
	m := Media{Width: j.Page[0], Height: j.Page[1]}
	if want := j.Option.Media; want != "" {
		if !slices.Contains(supported, want) {
			return goipp.Attribute{}, fmt.Errorf("%w: it has no media %q; it has %s", ErrRefused, want, strings.Join(supported, ", "))
		}
		sized, ok := ParseMedia(want)
		if !ok && j.Option.Tray == "" && j.Option.Type == "" {
			return keywords("media", want), nil
		}
		if ok && !sized.Fits(j.Page) {
			return goipp.Attribute{}, fmt.Errorf("%w: the media %q is not the stock's, which has %g × %g mm", ErrRefused, want, j.Page[0], j.Page[1])
		}
		m = Media{Name: want, Width: m.Width, Height: m.Height}
	} else {
		// What lies in the printer goes before what it could take.
		for _, name := range append(texts(a, "media-ready"), supported...) {
			if x, ok := ParseMedia(name); ok && x.Fits(j.Page) {
				m.Name = name
				break
			}
		}
		if m.Name == "" && !custom(supported, j.Page) {
			return goipp.Attribute{}, fmt.Errorf("%w: it has no paper of %g × %g mm; it has %s", ErrRefused, j.Page[0], j.Page[1], strings.Join(supported, ", "))
		}
	}
	for _, o := range []struct{ what, want, name string }{{"tray", j.Option.Tray, "media-source-supported"}, {"type of media", j.Option.Type, "media-type-supported"}} {
		if have := texts(a, o.name); o.want != "" && !slices.Contains(have, o.want) {
			return goipp.Attribute{}, fmt.Errorf("%w: it has no %s %q; it has %s", ErrRefused, o.what, o.want, strings.Join(have, ", "))
		}
	}
	if m.Name != "" && j.Option.Tray == "" && j.Option.Type == "" {
		return keywords("media", m.Name), nil
	}
	if sized, ok := ParseMedia(m.Name); ok {
		m = sized
	}
	size := goipp.Collection{}
	size.Add(goipp.MakeAttribute("x-dimension", goipp.TagInteger, goipp.Integer(m.Width*100+0.5)))
	size.Add(goipp.MakeAttribute("y-dimension", goipp.TagInteger, goipp.Integer(m.Height*100+0.5)))
	col := goipp.Collection{}
	col.Add(goipp.MakeAttribute("media-size", goipp.TagBeginCollection, size))
	if j.Option.Tray != "" {
		col.Add(keywords("media-source", j.Option.Tray))
	}
	if j.Option.Type != "" {
		col.Add(keywords("media-type", j.Option.Type))
	}
	return goipp.MakeAttribute("media-col", goipp.TagBeginCollection, col), nil
}

// custom tells whether a page lies in the range of sizes that a printer takes, which it
// names by its ends: custom_min_…, custom_max_….
func custom(supported []string, page [2]float64) bool {
	var least, most Media
	var hasLeast, hasMost bool
	for _, name := range supported {
		for prefix, end := range map[string]func(Media){
			"custom_min_": func(m Media) { least, hasLeast = m, true },
			"custom_max_": func(m Media) { most, hasMost = m, true },
		} {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				if m, ok := ParseMedia("custom_x_" + rest[strings.LastIndex(rest, "_")+1:]); ok {
					end(m)
				}
			}
		}
	}
	return hasLeast && hasMost && page[0] >= least.Width && page[1] >= least.Height && page[0] <= most.Width && page[1] <= most.Height
}

// Attributes' values by name.

func values(a goipp.Attributes, name string) []goipp.Value {
	for _, x := range a {
		if x.Name == name {
			out := make([]goipp.Value, len(x.Values))
			for i := range x.Values {
				out[i] = x.Values[i].V
			}
			return out
		}
	}
	return nil
}

func texts(a goipp.Attributes, name string) []string {
	var out []string
	for _, v := range values(a, name) {
		switch v := v.(type) {
		case goipp.String:
			out = append(out, string(v))
		case goipp.TextWithLang:
			out = append(out, v.Text)
		}
	}
	return out
}

func text1(a goipp.Attributes, name string) string {
	if t := texts(a, name); len(t) > 0 {
		return t[0]
	}
	return ""
}

// integer is a number by its name; -1 where it is not there.
func integer(a goipp.Attributes, name string) int {
	if v := values(a, name); len(v) > 0 {
		if n, ok := v[0].(goipp.Integer); ok {
			return int(n)
		}
	}
	return -1
}

func boolean(a goipp.Attributes, name string) (v, ok bool) {
	if v := values(a, name); len(v) > 0 {
		b, ok := v[0].(goipp.Boolean)
		return bool(b), ok
	}
	return false, false
}
