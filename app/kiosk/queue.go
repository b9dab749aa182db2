package kiosk

import (
	"context"
	"sync"
)

// queue holds what waits for the ledger, in order and without an end: putting something
// into it never makes the window wait, and no scan is dropped.
type queue struct {
	mu   sync.Mutex
	jobs []func()
	wake chan struct{}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) put(job func()) {
	q.mu.Lock()
	q.jobs = append(q.jobs, job)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default: // it is awake already
	}
}

func (q *queue) take() func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		return nil
	}
	job := q.jobs[0]
	q.jobs[0] = nil
	q.jobs = q.jobs[1:]
	return job
}

// run does the jobs one after the other until ctx ends.
func (q *queue) run(ctx context.Context) {
	for {
		for job := q.take(); job != nil; job = q.take() {
			if ctx.Err() != nil {
				return
			}
			job()
		}
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
	}
}
