// Command dapilgate prints dapil-coded labels for ballot boxes, blocks the loading of a
// box onto a truck of another district, and proves its record untouched.
//
// This package is command line and wiring, nothing else: what is asked is looked up in
// app/..., labels and scanner.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A second signal ends the program the hard way, which the ledger survives too.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &cli{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv}
	os.Exit(c.run(ctx, os.Args[1:]))
}
