package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/go-pickle/pickle/scan/files"
)

// schollz/progressbar was chosen because it draws one bar, leaves the terminal as it was, and
// needs little else.

// A progress is a bar on the terminal for scans that take long. nil is none.
type progress struct {
	bar   *progressbar.ProgressBar
	start time.Time
	total chan int // how many files there are, once that is known
	files int
	shown bool
}

// patience is how long nobody wonders what happens.
const patience = time.Second

// newProgress counts the files while the scan begins. It is nil if nobody looks.
func (a *app) newProgress(paths []string) *progress {
	if !isTerminal(a.stderr) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	p := &progress{start: time.Now(), total: make(chan int, 1)}
	go func() {
		n := 0
		for _, path := range paths {
			if path == "-" {
				n++
				continue
			}
			filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					n++
				}
				return nil
			})
		}
		p.total <- n
	}()
	p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription("scanning"),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(true))
	return p
}

// add counts a file.
func (p *progress) add(*files.Result) {
	if p == nil {
		return
	}
	p.files++
	if time.Since(p.start) < patience {
		return
	}
	select {
	case n := <-p.total:
		p.bar.ChangeMax(n)
	default:
	}
	p.bar.Set(p.files)
	p.shown = true
}

// hide takes the bar away, so that something else can be printed; the next file shows it
// again.
func (p *progress) hide() {
	if p != nil && p.shown {
		p.bar.Clear()
	}
}

// end takes the bar away.
func (p *progress) end() { p.hide() }
