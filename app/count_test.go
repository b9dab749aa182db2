package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// answers FILE ANSWER...: the answers of a count's JSON lines, with how often each comes in
// a row ("counted*7").
func cmdAnswers(ts *testscript.TestScript, neg bool, args []string) {
	var got []string
	count, last := 0, ""
	flush := func() {
		if count > 1 {
			got[len(got)-1] += "*" + strconv.Itoa(count)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n") {
		var j countScanJSON
		ts.Check(json.Unmarshal([]byte(line), &j))
		if j.Message == "" {
			ts.Fatalf("no message: %s", line)
		}
		if string(j.Answer) == last {
			count++
			continue
		}
		flush()
		got, last, count = append(got, string(j.Answer)), string(j.Answer), 1
	}
	flush()
	if want := strings.Join(args[1:], " "); strings.Join(got, " ") != want {
		ts.Fatalf("answers %s\nwant    %s", strings.Join(got, " "), want)
	}
}

// redraw FILE SCRIPT: the command that draws a sample again, out of the sample's JSON.
func cmdRedraw(ts *testscript.TestScript, neg bool, args []string) {
	var j struct {
		Redraw string `json:"redraw"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &j))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(j.Redraw+"\n"), 0o600))
}
