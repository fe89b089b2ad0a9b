package files

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-pickle/pickle/internal/container"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
)

// Bytes scans data as a file of that name. The name decides nothing about how data are read; if
// they are no pickle and the name says that they are, they are suspicious. The report does not
// refer to data.
func (o Options) Bytes(name string, data []byte) scan.Report {
	if o.Scan.Policy == nil {
		o.Scan.Policy = scan.DefaultPolicy()
	}
	s := scanner{options: o.Scan, max: o.Scan.MaxFindings, name: name, globals: make(map[string]bool), seen: make(map[place]bool)}
	if s.max <= 0 {
		s.max = 1000
	}
	s.walk(container.Limits{Depth: o.Limits.Depth, Members: o.Limits.Members, Bytes: o.Limits.Bytes, Ratio: o.Limits.Ratio}, data)
	if len(data) == 0 {
		s.add(scan.Finding{Rule: RuleNoPickle, Severity: s.missing(""), Message: "an empty file", Offset: -1})
	}
	return s.report
}

// A scanner joins the reports of what is in one file.
type scanner struct {
	options scan.Options
	name    string
	max     int
	report  scan.Report
	globals map[string]bool
	seen    map[place]bool
	spare   int // findings before this one are dangerous
}

// A place is what makes a finding the same as another.
type place struct {
	rule           scan.Rule
	member, global string
	offset         int64
}

func (s *scanner) add(f scan.Finding) {
	s.report.Verdict = max(s.report.Verdict, f.Severity)
	at := place{f.Rule, f.Member, f.Global, f.Offset}
	if s.seen[at] && f.Offset >= 0 {
		return
	}
	if len(s.report.Findings) >= s.max && !s.makeRoom(f) {
		return
	}
	s.seen[at] = true
	s.report.Findings = append(s.report.Findings, f)
}

// makeRoom drops a finding that is not dangerous for one that is.
func (s *scanner) makeRoom(f scan.Finding) bool {
	if f.Severity < scan.Dangerous {
		return false
	}
	all := s.report.Findings
	for ; s.spare < len(all); s.spare++ {
		if all[s.spare].Severity < scan.Dangerous {
			s.report.Findings = slices.Delete(all, s.spare, s.spare+1)
			return true
		}
	}
	return false
}

// walk goes through data. A fault of what decompresses hostile data, or of ours, must end neither
// the program nor the scan of other files.
func (s *scanner) walk(l container.Limits, data []byte) {
	defer func() {
		if r := recover(); r != nil {
			s.add(scan.Finding{Rule: RuleUnreadable, Severity: scan.Suspicious, Message: fmt.Sprintf("%s: %v", failed, r), Offset: -1})
		}
	}()
	l.Walk(data, s)
}

const failed = "the scanner failed, or the file was changed while it was read"

// Bytes counts what was looked at.
func (s *scanner) Bytes(n int64) { s.report.Bytes += n }

// Pickle judges a member.
func (s *scanner) Pickle(m *container.Member) int64 {
	o := s.options
	o.Torch, o.Storages = m.Torch, m.Storages
	// What starts with PROTO is not run twice to know whether it is a pickle.
	proto := !m.Storage && len(m.Data) > 2 && m.Data[0] == byte(opcode.Proto) && m.Data[1] <= opcode.HighestProtocol
	plausible := proto || o.Plausible(m.Data)
	if !plausible && !m.Search {
		return 0
	}
	r := o.Bytes(m.Data)
	if m.Storage && r.Verdict < scan.Dangerous && breaksAt(&r) >= 0 {
		return 0
	}
	if at := breaksAt(&r); proto && at >= 0 && at <= 2 {
		plausible = false
	}
	if !plausible {
		r = searched(r)
	}
	s.report.Pickles += r.Pickles
	s.report.Verdict = max(s.report.Verdict, r.Verdict)
	for _, g := range r.Globals {
		if !s.globals[g] {
			s.globals[g] = true
			s.report.Globals = append(s.report.Globals, g)
		}
	}
	used := int64(len(m.Data))
	for _, f := range r.Findings {
		if f.Rule == scan.RuleTrailing && f.Severity == scan.Safe {
			used = f.Offset
		}
		f.Member = m.Path
		if f.Offset >= 0 {
			f.Offset += m.Base
		}
		s.add(f)
	}
	if !plausible {
		return 0
	}
	return used
}

// breaksAt is the offset at which the first pickle of r breaks, -1 if it is whole.
func breaksAt(r *scan.Report) int64 {
	for _, f := range r.Findings {
		if f.Rule == scan.RuleMalformed && f.Pickle == 0 {
			return f.Offset
		}
	}
	return -1
}

// searched is the report of what is no pickle without what it says about its start.
func searched(r scan.Report) scan.Report {
	var found []scan.Finding
	r.Verdict = scan.Safe
	for _, f := range r.Findings {
		if f.Pickle > 0 || f.Severity == scan.Dangerous {
			r.Verdict = max(r.Verdict, f.Severity)
			found = append(found, f)
		}
	}
	r.Findings = found
	r.Globals = nil
	for _, f := range found {
		if f.Global != "" {
			r.Globals = append(r.Globals, f.Global)
		}
	}
	r.Pickles = max(0, r.Pickles-1)
	return r
}

// Problem notes what was found about containers.
func (s *scanner) Problem(p container.Problem) {
	f := scan.Finding{Severity: scan.Suspicious, Message: p.Text, Member: p.Path, Offset: p.Offset}
	switch p.Kind {
	case container.NotPickle:
		f.Rule, f.Severity = RuleNoPickle, s.missing(p.Path)
		if p.Offset > 0 {
			f.Severity = scan.Safe
		}
		if p.Path != "" && f.Severity == scan.Safe {
			return // most members of archives are none, and nobody needs to know
		}
	case container.Unknown:
		f.Rule = RuleUnknown
	case container.Unreadable:
		f.Rule = RuleUnreadable
	case container.Limit:
		f.Rule = RuleLimit
	case container.Mismatch:
		f.Rule = RuleMismatch
	case container.Name:
		f.Rule = RuleName
	case container.Note:
		f.Rule, f.Severity = RuleNote, scan.Safe
	}
	s.add(f)
}

// pickleNames are how the names end of files that loaders of pickles are given.
var pickleNames = []string{
	".pkl", ".pickle", ".p", ".pck", ".pcl", ".joblib", ".jl", ".dill", ".cloudpickle", ".pt", ".pth", ".ckpt", ".npy",
}

// missing is what it makes of a member that it is no pickle.
func (s *scanner) missing(path string) scan.Verdict {
	name := path
	if path == "" {
		name = s.name
	}
	if slices.Contains(pickleNames, strings.ToLower(filepath.Ext(name))) {
		return scan.Suspicious
	}
	return scan.Safe
}
