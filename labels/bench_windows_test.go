package labels

import (
	"os/exec"
	"time"
)

// Windows is not measured: the wall clock serves there.
func processorTime() time.Duration { return 0 }

func peakOf(*exec.Cmd) float64 { return 0 }
