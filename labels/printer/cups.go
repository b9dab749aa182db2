package printer

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/user"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// cups is this computer's print server (CUPS).
type cups struct {
	socket string // its Unix socket; empty: by TCP
	host   string
}

// localCUPS is where CUPS's own programs look for it: CUPS_SERVER, its socket, port 631.
func localCUPS() cups {
	if s := os.Getenv("CUPS_SERVER"); s != "" {
		if strings.HasPrefix(s, "/") {
			return cups{socket: s, host: "localhost"}
		}
		s, _, _ = strings.Cut(s, "/") // a version may follow
		if _, _, err := net.SplitHostPort(s); err != nil {
			s = net.JoinHostPort(s, "631")
		}
		return cups{host: s}
	}
	for _, path := range []string{"/run/cups/cups.sock", "/var/run/cups/cups.sock"} {
		if _, err := os.Stat(path); err == nil {
			return cups{socket: path, host: "localhost"}
		}
	}
	return cups{host: "localhost:631"}
}

// at is what answers under a path of the server.
func (c cups) at(path string) *IPP {
	p := newIPP(&url.URL{Scheme: "ipp", Host: c.host, Path: path})
	if c.socket != "" {
		p.URI, p.post = "ipp://localhost"+path, "http://localhost"+path
		p.client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", c.socket)
		}}
		// The server knows who is at the other end of its socket, and lets its user take
		// back his own jobs.
		if u, err := user.Current(); err == nil {
			p.peer = u.Username
		}
	}
	return p
}

// queue is one of the server's queues.
func (c cups) queue(name string) *IPP { return c.at("/printers/" + name) }

// FindCUPS lists the queues of this computer's print server. Errors: ErrOffline where there
// is none, ErrStatus.
func FindCUPS(ctx context.Context) ([]Printer, error) {
	p := localCUPS().at("/")
	m := p.request(goipp.OpCupsGetPrinters, "")
	m.Operation.Add(keywords("requested-attributes", "printer-name"))
	answer, _, err := p.call(ctx, m, nil)
	if e, ok := err.(*statusError); ok && e.status == goipp.StatusErrorNotFound {
		return nil, nil // it has no queue
	}
	if err != nil {
		return nil, err
	}
	var out []Printer
	for _, g := range answer.AttrGroups() {
		if name := text1(g.Attrs, "printer-name"); g.Tag == goipp.TagPrinterGroup && name != "" {
			out = append(out, Printer{Name: name, Address: cupsScheme + ":" + name, Found: true})
		}
	}
	return out, nil
}
