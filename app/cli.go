package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"
	"syscall"

	"dapilgate/app/election"
	"dapilgate/app/kiosk"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"

	"golang.org/x/term"
)

// Exit statuses: the contract with scripts.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3
	exitClosed  = 4 // the kiosk, by a penyelia's PIN: its service is not to start it again
)

// Rules of the output: answers go to stdout, one JSON value a line with --json; what went
// wrong goes to stderr in one line "dapilgate: …", followed by a hint where there is one.
// Progress goes to stderr, and only to a terminal.

var (
	errUsage   = errors.New("wrong usage")
	errRefused = errors.New("the gate refused something")
)

func usagef(format string, a ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, a...))
}

// cli is one call of the program.
type cli struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    func(string) string
}

const usage = `dapilgate: labels for ballot boxes, and a gate that blocks the wrong truck

usage: dapilgate [--ledger LEDGER] [--dock N]  the kiosk window
       dapilgate demo [--headless]             a throw-away ledger with DKI 2024
       dapilgate init --penyelia NAME          ledger, key and first penyelia
       dapilgate people  add|list|badge|pin|stop|restore   who may act
       dapilgate boxes   [filter]              list boxes
       dapilgate print   [filter] --stock NAME --out FILE.pdf | --printer NAME
       dapilgate printers list|status|add|remove|calibrate
       dapilgate stocks                        what labels can be printed on
       dapilgate batch   list|labels|settle|spoil   what became of a print
       dapilgate truck   add|list|pass         trucks and their gate passes
       dapilgate load    open|scan|undo|summary|count|close|depart|return|list
       dapilgate load    unlock|takeover|reopen|reassign   beside the usual way
       dapilgate receive open|scan|undo|close|list|due   a load arrives at its kecamatan
       dapilgate report  surat-jalan|berita-acara|daftar-muatan|tanda-terima|penolakan|progress
       dapilgate audit   search|trail|count|sample|anomalies|verify|checkpoint|export
       dapilgate backup  [--out FOLDER]        a checked copy of the ledger
       dapilgate restore BACKUP --ledger NEW   a ledger from a backup
       dapilgate scanner list|read|calibration scanners and cameras
       dapilgate selftest [--card FILE.pdf]    can this dock work? what needs no hands
       dapilgate decode  IMAGE...              read labels from pictures
       dapilgate guide   petugas|penyelia      leaflets for who stands at the kiosk, as PDF
       dapilgate version                       which version this is, and what is in it

filter: --dapil 4 --kota CODE --kecamatan CODE --kelurahan CODE --tps N --kind DPRDP
        --state unprinted|printed|missing|loaded|departed|received --limit N
every command: --ledger FILE or postgres://... (or DAPILGATE_LEDGER), --json, -h
settings:      an option, else its environment variable, else /etc/dapilgate/config.toml
               (or the file that DAPILGATE_CONFIG names)
acts:          --as NAME, PIN from DAPILGATE_PIN or the terminal;
               where it takes two, --second PENYELIA, DAPILGATE_SECOND_PIN;
               the signing key's passphrase from DAPILGATE_PASSPHRASE or the terminal
exit status:   0 done, 1 failed, 2 wrong usage, 3 the gate refused something,
               4 the kiosk was closed by a penyelia
`

// commands are the first words of the command line.
var commands = map[string]func(*cli, context.Context, []string) error{
	"init":     (*cli).cmdInit,
	"people":   (*cli).cmdPeople,
	"boxes":    (*cli).cmdBoxes,
	"print":    (*cli).cmdPrint,
	"printers": (*cli).cmdPrinters,
	"stocks":   (*cli).cmdStocks,
	"batch":    (*cli).cmdBatch,
	"truck":    (*cli).cmdTruck,
	"load":     (*cli).cmdLoad,
	"receive":  (*cli).cmdReceive,
	"audit":    (*cli).cmdAudit,
	"report":   (*cli).cmdReport,
	"decode":   (*cli).cmdDecode,
	"guide":    (*cli).cmdGuide,
	"demo":     (*cli).cmdDemo,
	"backup":   (*cli).cmdBackup,
	"restore":  (*cli).cmdRestore,
	"scanner":  (*cli).cmdScanner,
	"version":  (*cli).cmdVersion,
	"selftest": (*cli).cmdSelfTest,
}

// run carries out one command line and returns the exit status.
func (c *cli) run(ctx context.Context, args []string) int {
	fault := c.configure()
	err := words.Use(c.language())
	switch {
	case err != nil:
	case fault != nil && !isHelp(args):
		err = c.faulty(ctx, args, fault)
	default:
		err = c.dispatch(ctx, args)
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp), errors.Is(err, syscall.EPIPE):
		return exitDone
	case errors.Is(err, kiosk.ErrClosed):
		return exitClosed
	case err == errRefused: // its lines were written already
		return exitRefused
	}
	fmt.Fprintf(c.stderr, "dapilgate: %v\n", err)
	if errors.Is(err, errRefused) {
		return exitRefused
	}
	if errors.Is(err, ledger.ErrSecond) {
		fmt.Fprintln(c.stderr, "a penyelia who is not the operator approves, or who counted the load confirms, with --second NAME (PIN from DAPILGATE_SECOND_PIN or the terminal)")
		return exitRefused
	}
	if errors.Is(err, errUsage) {
		fmt.Fprintln(c.stderr, "see 'dapilgate -h'")
		return exitUsage
	}
	return exitFailed
}

func (c *cli) dispatch(ctx context.Context, args []string) error {
	if isHelp(args) {
		fmt.Fprint(c.stdout, usage)
		return nil
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return c.cmdKiosk(ctx, args)
	}
	f, ok := commands[args[0]]
	if !ok {
		return usagef("no command %q", args[0])
	}
	return f(c, ctx, args[1:])
}

// isHelp tells whether the command line asks how to use it.
func isHelp(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0])
}

// sub chooses the second word of a command.
func (c *cli) sub(ctx context.Context, name string, args []string, subs map[string]func(context.Context, []string) error) error {
	words := make([]string, 0, len(subs))
	for w := range subs {
		words = append(words, w)
	}
	sort.Strings(words)
	if len(args) == 0 {
		return usagef("%s needs one of: %s", name, strings.Join(words, ", "))
	}
	f, ok := subs[args[0]]
	if !ok {
		return usagef("%s has no %q, only: %s", name, args[0], strings.Join(words, ", "))
	}
	return f(ctx, args[1:])
}

// flags are the options of one command. The ledger and --json are every command's.
type flags struct {
	*flag.FlagSet
	c      *cli
	ledger string
	key    string
	json   bool
	as     string
	stocks string
	second string
	stand  func(l *ledger.Ledger, ctx context.Context, by ledger.Person, name, pin string) (ledger.Person, error) // how second stands beside

	printers string // the file of printers

	fault error // of a variable that an option's default comes from
}

func (c *cli) flags(name string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet("dapilgate "+name, flag.ContinueOnError), c: c}
	f.SetOutput(c.stderr)
	f.StringVar(&f.ledger, "ledger", c.env("DAPILGATE_LEDGER"), "the ledger's `FILE`, or postgres://...")
	f.StringVar(&f.key, "key", c.env("DAPILGATE_KEY"), "signing key `FILE` (default: beside the ledger)")
	f.BoolVar(&f.json, "json", false, "answer in JSON")
	return f
}

// actor adds --as for commands that are somebody's act.
func (f *flags) actor() *flags {
	f.StringVar(&f.as, "as", "", "`NAME` of the one who acts")
	return f
}

// seconded adds --second for acts that need a second person.
func (f *flags) seconded() *flags {
	f.StringVar(&f.second, "second", "", "`NAME` of the penyelia who approves; PIN from DAPILGATE_SECOND_PIN")
	f.stand = (*ledger.Ledger).Approve
	return f.actor()
}

// read takes options and other arguments in any order. It refuses more than most others.
func (f *flags) read(args []string, most int) ([]string, error) {
	var rest []string
	if f.fault != nil {
		return nil, f.fault
	}
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if f.NArg() == 0 {
			break
		}
		rest = append(rest, f.Arg(0))
		args = f.Args()[1:]
	}
	if len(rest) > most {
		return nil, usagef("%s: what is %q?", f.Name(), rest[most])
	}
	return rest, nil
}

func (f *flags) open(ctx context.Context) (*ledger.Ledger, error) {
	if f.ledger == "" {
		return nil, usagef("no ledger given; use --ledger FILE or DAPILGATE_LEDGER")
	}
	return ledger.Open(ctx, f.ledger)
}

// list is a command that has no options of its own and puts out all of one kind of thing.
func list[T any](ctx context.Context, c *cli, name string, args []string, all func(*ledger.Ledger, context.Context) ([]T, error), put func(*flags, T) error) error {
	f := c.flags(name)
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	things, err := all(l, ctx)
	if err != nil {
		return err
	}
	for _, x := range things {
		if err := put(f, x); err != nil {
			return err
		}
	}
	return nil
}

// begin opens the ledger and signs in the one who acts.
func (f *flags) begin(ctx context.Context) (*ledger.Ledger, ledger.Person, error) {
	l, err := f.open(ctx)
	if err != nil {
		return nil, ledger.Person{}, err
	}
	p, err := f.signIn(ctx, l)
	if err != nil {
		l.Close()
		return nil, ledger.Person{}, err
	}
	return l, p, nil
}

// signIn signs in the one who acts.
func (f *flags) signIn(ctx context.Context, l *ledger.Ledger) (ledger.Person, error) {
	if f.as == "" {
		return ledger.Person{}, usagef("whose act is it? give --as NAME")
	}
	pin, err := f.c.secret("DAPILGATE_PIN", "PIN of "+f.as)
	if err != nil {
		return ledger.Person{}, err
	}
	p, err := l.SignIn(ctx, f.as, pin)
	if err != nil || f.second == "" {
		return p, err
	}
	if pin, err = f.c.secret("DAPILGATE_SECOND_PIN", "PIN of "+f.second); err != nil {
		return p, err
	}
	return f.stand(l, ctx, p, f.second, pin)
}

// keyPath is where the signing key lies: beside the ledger unless said otherwise; in this
// folder where the ledger is on a server.
func (f *flags) keyPath() string {
	if f.key != "" {
		return f.key
	}
	if ledger.IsServer(f.ledger) {
		return "dapilgate.key"
	}
	return f.ledger + ".key"
}

// signingKey reads the signing key and makes sure that it is this ledger's.
func (f *flags) signingKey(l *ledger.Ledger) (ed25519.PrivateKey, error) {
	pass, err := f.c.secret("DAPILGATE_PASSPHRASE", "passphrase of the signing key")
	if err != nil {
		return nil, err
	}
	return labels.ReadSigningKey(f.keyPath(), pass, l.Info().PublicKey)
}

// secret is an environment variable's value, or the answer to a question on the terminal,
// which does not show it.
func (c *cli) secret(name, what string) (string, error) {
	if v := c.env(name); v != "" {
		return v, nil
	}
	file, ok := c.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return "", usagef("no %s: set %s or run on a terminal", what, name)
	}
	fmt.Fprintf(c.stderr, "%s: ", what)
	b, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(c.stderr)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", what, err)
	}
	return string(b), nil
}

// out writes one JSON line.
func (c *cli) out(v any) error {
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (c *cli) printf(format string, a ...any) error {
	_, err := fmt.Fprintf(c.stdout, format, a...)
	return err
}

// progress shows a count on the terminal, and nothing elsewhere.
func (c *cli) progress(what string) func(done, total int) {
	file, ok := c.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	shown := -1
	return func(done, total int) {
		if total == 0 || done*100/total == shown {
			return
		}
		shown = done * 100 / total
		fmt.Fprintf(file, "\r%s: %d of %d (%d %%)", what, done, total, shown)
		if done >= total {
			fmt.Fprintln(file)
		}
	}
}

// filterFlags are the options that choose boxes.
type filterFlags struct {
	dapil, kota, kecamatan, kelurahan, kind, state string
	tps, limit                                     int
}

func (f *flags) filter() *filterFlags {
	x := &filterFlags{}
	f.StringVar(&x.dapil, "dapil", "", "routing `DISTRICT`: 4 or DPRDP:310004")
	f.StringVar(&x.kota, "kota", "", "kota `CODE`: 31.75")
	f.StringVar(&x.kecamatan, "kecamatan", "", "kecamatan `CODE`: 31.75.06")
	f.StringVar(&x.kelurahan, "kelurahan", "", "kelurahan `CODE`: 31.75.06.1001")
	f.StringVar(&x.kind, "kind", "", "`KIND` of election: DPRDP")
	f.StringVar(&x.state, "state", "", "unprinted, printed, missing (on no truck), loaded, departed or received")
	f.IntVar(&x.tps, "tps", 0, "TPS `N`")
	f.IntVar(&x.limit, "limit", 0, "at most `N` boxes")
	return x
}

func (x *filterFlags) filter(e *election.Event) (ledger.Filter, error) {
	f := ledger.Filter{TPS: x.tps, Kind: strings.ToUpper(x.kind), State: ledger.BoxState(x.state), Limit: x.limit}
	if x.tps < 0 || x.tps > 999 || x.limit < 0 {
		return f, usagef("--tps is 1 to 999, --limit not negative")
	}
	var err error
	if x.dapil != "" {
		if f.District, err = e.ResolveDistrict(x.dapil); err != nil {
			return f, fmt.Errorf("%w: --dapil: %w", errUsage, err)
		}
	}
	for _, a := range []struct {
		name, value string
		level       election.Level
	}{{"--kota", x.kota, election.LevelKota}, {"--kecamatan", x.kecamatan, election.LevelKecamatan}, {"--kelurahan", x.kelurahan, election.LevelKelurahan}} {
		if a.value == "" {
			continue
		}
		code, err := election.ParseArea(a.value)
		if err != nil || code.Level() != a.level {
			return f, usagef("%s %q: expected a code like 31.75.06.1001, 31.75.06 for a kecamatan, 31.75 for a kota", a.name, a.value)
		}
		if f.Area != "" && !f.Area.Contains(code) {
			return f, usagef("%s is not in %s", code, f.Area)
		}
		f.Area = code
	}
	return f, nil
}

// areaList is an option that may be given more than once.
type areaList []election.AreaCode

func (a *areaList) String() string { return fmt.Sprint([]election.AreaCode(*a)) }
func (a *areaList) Set(s string) error {
	code, err := election.ParseArea(s)
	if err == nil && code.Level() != election.LevelKecamatan {
		err = fmt.Errorf("%q is not a kecamatan (31.75.06)", s)
	}
	*a = append(*a, code)
	return err
}
