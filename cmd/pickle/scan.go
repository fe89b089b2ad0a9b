package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/signal"
	"slices"

	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// scanOptions are the flags of scan.
type scanOptions struct {
	format   string
	failOn   string
	policies []string
	out      string
	color    string
	maxBytes byteSize
	jobs     int
	all      bool
	quiet    bool
	explain  bool
	suggest  bool
	selfTest bool
}

func (a *app) scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:     "scan [PATH...]",
		GroupID: "check",
		Short:   "Tell whether it is safe to load files in Python",
		Long: `Tell what files would do if Python loaded them. Nothing is loaded.

PATH is a file, a folder with all that is in it, or - for standard input. What a
file is, is told by what is in it, whatever it is called: pickles, also
compressed, in zip, tar and 7z archives, and the files of torch, numpy, joblib
and shelve.

    safe         only names that are known to hold data, used as data
    suspicious   something that is not known: a name, a broken part, a limit
    dangerous    loading runs code, touches files, or hides what it does

Names are allowed by a policy: the built-in one knows Python's library and the
common packages for data. --policy adds your own classes, --suggest-policy
writes one for files that you trust.

Exit status: 0 all is safe, 1 something is dangerous, 2 something failed, such as
a file that can't be read, 3 something is suspicious and nothing worse. A file
that can't be read does not stop the others, and status 1 goes before 2, 2 before
3. With --fail-on dangerous, suspicious files count as safe.`,
		Example: `  pickle scan model.pkl
  pickle scan --explain model.pt
  pickle scan --quiet downloads/ models/
  curl -s https://example.org/model.pkl | pickle scan -
  pickle scan --suggest-policy model.pkl -o ours.policy
  pickle scan --policy ours.policy --format sarif -o pickle.sarif .
  pickle scan --format jsonl models/ | jq 'select(.verdict != "safe")'
  pickle scan --self-test`,
		PreRunE: func(cmd *cobra.Command, paths []string) error { return a.checkScan(&o, paths) },
		RunE: func(cmd *cobra.Command, paths []string) error {
			if o.selfTest {
				return a.selfTest(o.out)
			}
			return a.scan(cmd.Context(), &o, orStdin(paths))
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "write `FORMAT`: text, jsonl (one JSON object a file) or sarif (2.1.0, for code scanning)")
	f.StringVar(&o.failOn, "fail-on", "suspicious", "fail on `VERDICT` and worse: suspicious or dangerous")
	f.StringArrayVar(&o.policies, "policy", nil, "allow and deny what `FILE` says, before the built-in policy; may be repeated, the first comes first")
	f.BoolVar(&o.suggest, "suggest-policy", false, "write the smallest policy with which the files would be safe")
	f.BoolVar(&o.explain, "explain", false, "say in words what the findings mean and what to do instead")
	f.BoolVar(&o.selfTest, "self-test", false, "make a harmless file that must be found, and check that it is; -o FILE keeps it")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "leave out files that are safe or skipped")
	f.BoolVar(&o.all, "all", false, "print all findings of each file, however many")
	f.IntVarP(&o.jobs, "jobs", "j", 0, "scan `N` files at a time; 0 is one for each processor")
	o.maxBytes = 2 << 30
	f.Var(&o.maxBytes, "max-bytes", "read at most `SIZE` from a pipe or compressed data of one file, such as 500M or 8G")
	noFiles := cobra.ShellCompDirectiveNoFileComp
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "jsonl", "sarif"}, noFiles))
	cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{"suspicious", "dangerous"}, noFiles))
	cmd.MarkFlagFilename("policy")
	colorFlag(cmd, &o.color)
	outputFlag(cmd, &o.out)
	return cmd
}

func (a *app) checkScan(o *scanOptions, paths []string) error {
	switch {
	case !slices.Contains([]string{"text", "jsonl", "sarif"}, o.format):
		return errors.New("--format is text, jsonl or sarif")
	case o.failOn != "suspicious" && o.failOn != "dangerous":
		return errors.New("--fail-on is suspicious or dangerous")
	case o.color != "auto" && o.color != "always" && o.color != "never":
		return errColor
	case o.jobs < 0:
		return errors.New("--jobs is 0 or more")
	case o.suggest && (o.format != "text" || o.explain):
		return errors.New("--suggest-policy writes a policy, and no report")
	case o.explain && o.format != "text":
		return errors.New("--explain is for --format text")
	case o.selfTest && len(paths) > 0:
		return errors.New("--self-test takes no PATH")
	case o.selfTest:
		return nil
	}
	return a.noTerminal(paths)
}

// maxFindings is how many findings of a file are kept: those that a reader may want to count.
const maxFindings = 1000

// fileOptions say how to scan.
func (o *scanOptions) fileOptions() (files.Options, error) {
	policy, err := loadPolicies(o.policies)
	return files.Options{
		Scan:    scan.Options{Policy: policy, MaxFindings: maxFindings},
		Limits:  files.Limits{Bytes: int64(o.maxBytes)},
		Workers: o.jobs,
	}, err
}

// A scanReporter writes the results of a scan.
type scanReporter interface {
	file(r *files.Result) error
	end(t *scanTotals) error
}

// scanTotals are the counts of a scan.
type scanTotals struct {
	verdicts        [scan.Dangerous + 1]int
	skipped, failed int
	bytes           int64
}

func (t *scanTotals) add(r *files.Result) {
	switch {
	case r.Skipped != "":
		t.skipped++
		return
	case r.Err != nil:
		t.failed++
	}
	t.verdicts[r.Report.Verdict]++
	t.bytes += r.Report.Bytes
}

func (a *app) scan(ctx context.Context, o *scanOptions, paths []string) error {
	options, err := o.fileOptions()
	if err != nil {
		return err
	}
	out, err := a.create(o.out, false)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if o.suggest {
		err := a.suggestPolicy(ctx, out, options, paths, o.policies)
		return errors.Join(err, out.finish(false))
	}
	var report scanReporter
	switch o.format {
	case "jsonl":
		report = newJSONReport(out)
	case "sarif":
		report = newSARIFReport(out)
	default:
		report = &textReport{
			out: out, scanOptions: o,
			colors: o.color == "always" || o.out == "" && colorWanted(o.color, a.stdout),
			width:  terminalWidth(a.stdout),
		}
	}
	screen := o.out == "" && isTerminal(a.stdout)
	bar := a.newProgress(paths)
	var totals scanTotals
	for r := range a.results(ctx, options, paths) {
		if ctx.Err() != nil && r.Err != nil && r.Path == "" {
			bar.hide()
			a.report(problem{at: "pickle scan", what: "interrupted: what comes before was scanned"})
			break
		}
		totals.add(&r)
		bar.add(&r)
		if r.Err != nil {
			bar.hide()
			out.Flush()
			a.report(problem{at: displayName(r.Path), what: plainMessage(r.Err)})
		}
		if screen {
			bar.hide()
		}
		if err := report.file(&r); err != nil {
			break // the output has kept it
		}
		if screen {
			out.Flush()
		}
	}
	bar.end()
	a.verdict(&totals, o.failOn)
	return errors.Join(report.end(&totals), out.finish(false))
}

// verdict sets the exit status. A failure that was reported goes before suspicious files: see run.
func (a *app) verdict(t *scanTotals, failOn string) {
	switch {
	case t.verdicts[scan.Dangerous] > 0:
		a.status = exitDangerous
	case t.verdicts[scan.Suspicious] > 0 && failOn == "suspicious":
		a.status = exitSuspicious
	}
}

// results yields what is found in each file, standard input being one.
func (a *app) results(ctx context.Context, o files.Options, paths []string) iter.Seq[files.Result] {
	return func(yield func(files.Result) bool) {
		for len(paths) > 0 {
			n := slices.Index(paths, "-")
			if n == 0 {
				r := files.Result{Path: "-"}
				r.Report, r.Err = o.Reader("-", a.stdin)
				if paths = paths[1:]; !yield(r) {
					return
				}
				continue
			}
			if n < 0 {
				n = len(paths)
			}
			for r := range o.Walk(ctx, paths[:n]...) {
				if !yield(r) || r.Path == "" {
					return
				}
			}
			paths = paths[n:]
		}
	}
}

// loadPolicies reads the user's policies as one. Without any it is nil, the default.
func loadPolicies(names []string) (*scan.Policy, error) {
	if len(names) == 0 {
		return nil, nil
	}
	text, err := joinedPolicies(names)
	if err != nil {
		return nil, err
	}
	return scan.ParsePolicy("policy", text)
}

// joinedPolicies is the text of several policies in one: of equal entries the first counts. Each
// policy has to be right by itself.
func joinedPolicies(names []string) ([]byte, error) {
	text := []byte(policyHeader + "\n")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, &usageError{what: fmt.Sprintf("cannot read the policy %s: %s", name, plainMessage(err))}
		}
		if _, err := scan.ParsePolicy(name, data); err != nil {
			return nil, &usageError{what: plainMessage(err), hint: "the format of policies: https://github.com/go-pickle/pickle/blob/main/scan/policy/README.md"}
		}
		text = append(append(text, withoutHeader(data)...), '\n')
	}
	return text, nil
}
