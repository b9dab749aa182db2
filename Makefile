# Dapilgate. `make run` opens the kiosk, `make demo` a throw-away one, `make test` tests
# everything. Each installs what is missing on Debian and Ubuntu; README says what is
# needed elsewhere.

SHELL := /bin/bash

# x11: no Wayland headers, and touch works. migrated_fynedo: the window's calls keep to its
# goroutine, so Fyne need not move them there.
export GOFLAGS := $(GOFLAGS) -tags=x11,migrated_fynedo

PACKAGES := ./...

.PHONY: run demo test build lint unit e2e bench bench-ledger bench-labels check-labels bench-scanner deb lint-deb clean-root windows gallery setup setup-test setup-deb setup-windows clean

run: setup
	go run ./app

demo: setup
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "No display here: the demo runs in the terminal."; \
		go run ./app demo --headless; \
	else \
		go run ./app demo --windowed; \
	fi

build: setup
	go build -o dapilgate ./app

test: setup-test lint unit e2e

lint:
	@files=$$(gofmt -l app labels scanner assets .packaging); if [ -n "$$files" ]; then echo "gofmt: $$files"; exit 1; fi
	go vet $(PACKAGES) ./.packaging/notices
	go tool staticcheck $(PACKAGES) ./.packaging/notices
	GOOS=windows CGO_ENABLED=0 go build -o /dev/null ./app

# The packages whose tests keep a ledger run once more on PostgreSQL: each starts a private
# server and stops it. Nobody's own server is touched.
LEDGERS := ./app/ledger ./app/audit ./app/batch ./app/report

# What shares memory is tested under the race detector; the database engine, which is machine-made
# C, is left out of it: that is two thirds of the time. The rest does one thing after the other,
# or is tested as a program: the detector would make a quarter of an hour of it. Docks that wait
# for a server are not to wait for another package's tests, too: ledger and dock run by themselves.
#
# A crash is played in one process at a time, so the race detector sees little of it, and makes
# ten of one: a few for it, hundreds without. The model's shifts are the same.
FEW := DAPILGATE_KILLS=5 DAPILGATE_CUTS=10 DAPILGATE_REFUSALS=5
MANY := DAPILGATE_KILLS=200 DAPILGATE_CUTS=400 DAPILGATE_REFUSALS=50

RACE := -race -gcflags='modernc.org/...=-race=false'

# Frames that are read, and views that are laid out in every size, language and colour, one after
# the other: there is nothing to race.
FRAMES := NothingIsMadeUp|Frames|NothingFalse
VIEWS := NothingIsCutOff|Large|ChangesEveryText|Contrast|DistrictsFit|Overlap

unit:
	go test $(RACE) -timeout 40m -skip '$(FRAMES)' ./scanner ./labels/printer/... ./app/batch ./app/selftest ./app/sound ./app/audit ./app/gate ./app/election/...
	go test $(RACE) -timeout 40m -run Symbol ./labels
	go test -timeout 40m -run '$(FRAMES)' ./scanner
	go test -timeout 40m $$(go list $(PACKAGES) | grep -v -e /app$$ -e /app/e2e$$ -e /app/dock$$ -e /app/ledger$$ -e /app/kiosk$$ \
		-e /scanner$$ -e /labels/printer -e /app/batch$$ -e /app/selftest$$ -e /app/sound$$ -e /app/audit$$ -e /app/gate$$ -e /app/election)
	$(FEW) go test $(RACE) -timeout 40m ./app/ledger
	go test $(RACE) -timeout 40m ./app/dock -rapid.checks=20
	$(MANY) go test -timeout 40m -run 'KilledAtAnyMoment|PowerCuts|DiskRefuses' ./app/ledger
	go test -timeout 40m -run Model ./app/dock
	go test -timeout 40m ./app
	go test $(RACE) -timeout 40m -skip '$(VIEWS)' ./app/kiosk
	go test -timeout 40m -run '$(VIEWS)' ./app/kiosk
	DAPILGATE_TEST_ENGINE=postgres go test -p 1 -timeout 40m $(LEDGERS)
	DAPILGATE_TEST_ENGINE=postgres go test -timeout 40m ./app/dock -rapid.checks=30

# The kiosk in a real window under Xvfb. Never from the cache: go test can't see that the
# program which the test builds has changed.
e2e:
	go test -count=1 -timeout 20m ./app/e2e

bench: bench-ledger bench-labels bench-scanner

bench-ledger:
	go test -run '^$$' -bench . -benchtime 1x ./app/election
	go test -run '^$$' -bench Create -benchtime 1x ./app/ledger
	go test -run '^$$' -bench Scan -benchtime 2000x -timeout 60m ./app/ledger
	go test -run '^$$' -bench Docks -benchtime 16000x -timeout 60m ./app/ledger

bench-labels:
	go test -run "^$$" -bench . -cpu 1 -timeout 60m ./labels

# Every code of a batch of 12,000 labels, rendered at 203 dpi, read by zbarimg: a quarter of
# an hour. LABELS and STOCK say otherwise.
check-labels: setup-test
	LABELS=$${LABELS:-12000} go test -count=1 -timeout 3h -run TestEveryCodeOfABatch -v ./labels

bench-scanner:
	go test -run '^$$' -bench . -benchtime 1x -timeout 120m ./scanner
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./app/e2e

# The Debian package, in .build: lint-deb looks it over; clean-root installs it in a Debian of
# its own that boots, and kills, hangs and closes the kiosk there (as root; ten minutes).
deb: setup-deb
	.packaging/build

lint-deb: deb
	.packaging/lint

clean-root: deb
	.packaging/clean-root

# dapilgate.exe, in .build, by mingw-w64.
windows: setup-windows
	.packaging/windows

setup:
	@.ci/setup run

setup-test:
	@.ci/setup test

setup-deb:
	@.ci/setup deb

setup-windows:
	@.ci/setup windows

# The pictures of the window in README.
gallery: setup-test
	.ci/gallery

clean:
	rm -rf dapilgate .build
