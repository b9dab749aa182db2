//go:build unix

package pgtest

import (
	"net"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Fault is what a network does to its connections.
type Fault int

// Faults.
const (
	Healthy Fault = iota
	Cut           // connections are reset, new ones too
	Silent        // nothing arrives any more, either way, and nobody is told
	Deaf          // what the docks send arrives, what the server answers does not
	Slow          // everything arrives, a second late
)

// Proxy is the network between a dock and its server.
type Proxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	fault Fault
	conns map[net.Conn]bool
}

// Network puts a network that can be broken in front of the server.
func (s *Server) Network(tb testing.TB) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{listener: l, server: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)), conns: map[net.Conn]bool{}}
	go p.accept()
	tb.Cleanup(func() {
		l.Close()
		p.Break(Cut)
	})
	return p
}

// Address is an address of the server, by way of this network.
func (p *Proxy) Address(role, schema string) string {
	s := Server{Port: p.listener.Addr().(*net.TCPAddr).Port}
	return s.URL(role, schema)
}

// Break changes what the network does, to the connections that there are too.
func (p *Proxy) Break(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	if f == Cut {
		for c := range p.conns {
			c.Close()
		}
	}
}

func (p *Proxy) now() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

func (p *Proxy) accept() {
	for {
		dock, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.now() == Cut {
			dock.Close()
			continue
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			dock.Close()
			continue
		}
		p.mu.Lock()
		p.conns[dock], p.conns[server] = true, true
		p.mu.Unlock()
		go p.carry(server, dock, Silent)
		go p.carry(dock, server, Silent, Deaf)
	}
}

// carry moves bytes until either end closes, and loses them during these faults.
func (p *Proxy) carry(to, from net.Conn, lose ...Fault) {
	defer func() {
		to.Close()
		from.Close()
		p.mu.Lock()
		delete(p.conns, to)
		delete(p.conns, from)
		p.mu.Unlock()
	}()
	buf := make([]byte, 64<<10)
	lost := false
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		f := p.now()
		if f == Slow {
			time.Sleep(time.Second)
		}
		for _, l := range lose {
			lost = lost || f == l // what lost some bytes is no connection any more
		}
		if lost {
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
