//go:build unix

// Package pgtest starts private PostgreSQL servers for tests: a data folder and a port of
// their own, flushing to disk as a real one does, and gone when the test ends. Nobody's own
// server is touched. It breaks them too: kill -9, freeze, full disk.
package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Owner is the role that owns every test's tables; it needs no password.
const Owner = "owner"

// Server is one private server.
type Server struct {
	Dir  string // of the test's own
	Port int

	data string
	cred *syscall.Credential // nil: as ourselves
	log  bytes.Buffer
	proc *exec.Cmd
	done chan struct{}
	args []string
}

// schemas numbers the schemas of a process: each test ledger has its own.
var schemas atomic.Int64

// Start makes a server and stops it when the test ends. Settings are lines of
// postgresql.conf.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s, err := start(settings)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.remove)
	return s
}

func start(settings []string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{}
	if s.Dir, err = os.MkdirTemp("", "dapilgate-pg"); err != nil {
		return nil, err
	}
	s.data = filepath.Join(s.Dir, "data")
	// PostgreSQL refuses to run as root.
	if os.Getuid() == 0 {
		if s.cred, err = unprivileged(); err == nil {
			err = os.Chown(s.Dir, int(s.cred.Uid), int(s.cred.Gid))
		}
	}
	if err == nil {
		init := s.command(filepath.Join(bin, "initdb"), "-D", s.data, "-U", Owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
		var out []byte
		if out, err = init.CombinedOutput(); err != nil {
			err = fmt.Errorf("initdb: %w: %s", err, out)
		}
	}
	if err == nil {
		s.Port, err = freePort()
	}
	if err != nil {
		os.RemoveAll(s.Dir)
		return nil, err
	}
	conf := append([]string{"fsync = on", "synchronous_commit = on", "max_connections = 300", "shared_buffers = 256MB", "max_wal_size = 2GB",
		"listen_addresses = '127.0.0.1'", "unix_socket_directories = '" + s.Dir + "'", "log_min_messages = warning", "log_min_error_statement = panic",
		fmt.Sprintf("port = %d", s.Port)}, settings...)
	if err = s.Configure(conf...); err == nil {
		s.args = []string{filepath.Join(bin, "postgres"), "-D", s.data}
		err = s.launch()
	}
	if err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// binaries finds the newest server that is installed, 15 or newer.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 && version(found[0]) >= 15 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		return "", errors.New("the tests need a PostgreSQL server, 15 or newer (package postgresql; 'make setup-test' installs it)")
	}
	return filepath.Dir(path), nil
}

func version(path string) int {
	v, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return v
}

// unprivileged is the user that servers run as when the tests run as root.
func unprivileged() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("a user to run PostgreSQL as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = s.Dir
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "HOME="+s.Dir)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Pdeathsig: syscall.SIGQUIT}
	return c
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Configure adds lines to postgresql.conf; the later one of two counts.
func (s *Server) Configure(lines ...string) error {
	f, err := os.OpenFile(filepath.Join(s.data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + strings.Join(lines, "\n") + "\n")
	return errors.Join(err, f.Close())
}

// launch starts the server and waits until it answers.
func (s *Server) launch() error {
	s.proc = s.command(s.args[0], s.args[1:]...)
	s.proc.Stdout, s.proc.Stderr = &s.log, &s.log
	s.done = make(chan struct{})
	started := make(chan error, 1)
	go func() {
		// The server dies with the thread that started it, so the thread stays.
		runtime.LockOSThread()
		err := s.proc.Start()
		started <- err
		if err == nil {
			s.proc.Wait()
		}
		close(s.done)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.done:
			return fmt.Errorf("PostgreSQL ended at once: %s", s.log.String())
		default:
		}
		if err := s.command("pg_isready", "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port)).Run(); err == nil {
			return nil
		}
	}
	return errors.New("PostgreSQL does not answer within a minute")
}

// Launch starts a server that was stopped or killed.
func (s *Server) Launch(tb testing.TB) {
	tb.Helper()
	if err := s.launch(); err != nil {
		tb.Fatal(err)
	}
}

// processes are the server's own and those of its connections.
func (s *Server) processes() []int {
	all := []int{s.proc.Process.Pid}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, f := range stats {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		// "pid (name) state ppid": the name may hold blanks.
		_, rest, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(all[0]) {
			pid, _, _ := strings.Cut(string(b), " ")
			n, _ := strconv.Atoi(pid)
			all = append(all, n)
		}
	}
	return all
}

// Kill ends the server and all its connections as kill -9 does.
func (s *Server) Kill() {
	for _, pid := range s.processes() {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	<-s.done
}

// Stop ends the server as an administrator in a hurry does: connections are thrown out.
func (s *Server) Stop() {
	syscall.Kill(s.proc.Process.Pid, syscall.SIGINT)
	<-s.done
}

// Freeze stops the server's clock: it neither answers nor closes a connection.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	for _, pid := range s.processes() {
		syscall.Kill(pid, sig)
	}
}

func (s *Server) remove() {
	if s.done != nil {
		select {
		case <-s.done:
		default:
			s.Thaw()
			syscall.Kill(s.proc.Process.Pid, syscall.SIGQUIT)
			<-s.done
		}
	}
	os.RemoveAll(s.Dir)
}

// Address is the address of a new, empty schema, for the owner.
func (s *Server) Address(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprintf("t%d", schemas.Add(1))
	s.Exec(tb, "CREATE SCHEMA "+name)
	return s.URL(Owner, name)
}

// URL is the address of a schema for a role.
func (s *Server) URL(role, schema string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/postgres?sslmode=disable&search_path=%s", role, s.Port, schema)
}

// Schema is the schema's name in an address.
func Schema(address string) string {
	_, name, _ := strings.Cut(address, "search_path=")
	name, _, _ = strings.Cut(name, "&")
	return name
}

// Exec runs SQL as the owner.
func (s *Server) Exec(tb testing.TB, sql string) string {
	tb.Helper()
	out, err := s.TryExec(s.URL(Owner, "public"), sql)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// TryExec runs SQL at an address, as someone with a database tool would, and returns what
// it answered.
func (s *Server) TryExec(address, sql string) (string, error) {
	// search_path is a setting of the session for psql.
	base, _, _ := strings.Cut(address, "&search_path=")
	c := s.command("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", base)
	c.Env = append(c.Env, "PGOPTIONS=-c search_path="+Schema(address))
	c.Stdin = strings.NewReader(sql)
	out, err := c.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Snapshot stops the server, keeps a copy of all its data, and starts it again.
func (s *Server) Snapshot(tb testing.TB) {
	tb.Helper()
	s.Stop()
	s.copyData(tb, s.data, s.data+".old")
	s.Launch(tb)
}

// FallBack replaces the server by one that has the data of the snapshot: what an
// asynchronous standby that was behind is when it takes over.
func (s *Server) FallBack(tb testing.TB) {
	tb.Helper()
	s.Kill()
	if err := os.RemoveAll(s.data); err != nil {
		tb.Fatal(err)
	}
	s.copyData(tb, s.data+".old", s.data)
	s.Launch(tb)
}

func (s *Server) copyData(tb testing.TB, from, to string) {
	tb.Helper()
	if out, err := s.command("cp", "-a", from, to).CombinedOutput(); err != nil {
		tb.Fatalf("copy the server's data: %v: %s", err, out)
	}
}
