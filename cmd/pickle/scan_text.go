package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// A textReport writes results for people.
type textReport struct {
	*scanOptions
	out    *output
	colors bool
	width  int // of the terminal, or 0
	files  int
}

// maxTextFindings is how many findings of a file are printed without --all.
const maxTextFindings = 20

func (t *textReport) file(r *files.Result) error {
	name := visible(displayName(r.Path))
	if r.Skipped != "" {
		if !t.quiet {
			fmt.Fprintf(t.out, "%s: skipped, %s\n", name, r.Skipped)
		}
		return nil
	}
	t.files++
	if t.quiet && r.Report.Verdict == scan.Safe && r.Err == nil {
		return nil
	}
	fmt.Fprintf(t.out, "%s: %s\n", t.style(styleBold, name), t.verdict(r.Report.Verdict))
	shown := 0
	for i := range r.Report.Findings {
		if shown++; shown > maxTextFindings && !t.all {
			fmt.Fprintf(t.out, "  ... %d findings more: --all shows them\n", len(r.Report.Findings)-i)
			break
		}
		t.finding(&r.Report.Findings[i])
	}
	if t.explain {
		for _, line := range explain(r) {
			t.wrapped(line)
		}
		t.out.WriteByte('\n')
	}
	_, err := t.out.Write(nil)
	return err
}

// finding writes what is called, and below why that is told and where it is.
func (t *textReport) finding(f *scan.Finding) {
	what := f.Call
	if what == "" && f.Global != "" {
		what = f.Global
	}
	indent := "  "
	if what != "" {
		fmt.Fprintf(t.out, "  %s\n", t.code(visible(what)))
		indent = "    "
	}
	label := ""
	if f.Severity == scan.Safe {
		label = "note: "
	}
	fmt.Fprintf(t.out, "%s%s%s%s\n", indent, label, visible(f.Message), t.style(styleDim, visible(findingPlace(f))))
}

// findingPlace says where a finding is, and which rule it is of.
func findingPlace(f *scan.Finding) string {
	var b strings.Builder
	if f.Offset >= 0 {
		fmt.Fprintf(&b, ", at byte %d", f.Offset)
		if f.Member != "" {
			b.WriteString(" of " + f.Member)
		}
	} else if f.Member != "" {
		b.WriteString(", in " + f.Member)
	}
	if f.Pickle > 0 {
		fmt.Fprintf(&b, ", pickle %d", f.Pickle+1)
	}
	b.WriteString(" [")
	if f.Op != 0 {
		b.WriteString(opcodeName(f.Op) + " ")
	}
	b.WriteString(string(f.Rule) + "]")
	return b.String()
}

func opcodeName(op opcode.Op) string {
	if op == 0 {
		return ""
	}
	return op.String()
}

func (t *textReport) end(total *scanTotals) error {
	if t.files != 1 || total.skipped > 0 {
		var parts []string
		for v := scan.Dangerous; ; v-- {
			if n := total.verdicts[v]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, t.verdict(v)))
			}
			if v == scan.Safe {
				break
			}
		}
		if total.failed > 0 {
			parts = append(parts, fmt.Sprintf("%d of them not read", total.failed))
		}
		if total.skipped > 0 {
			parts = append(parts, fmt.Sprintf("%d skipped", total.skipped))
		}
		if len(parts) == 0 {
			parts = []string{"nothing to scan"}
		}
		fmt.Fprintf(t.out, "%s, %s: %s\n", count(t.files, "file"), size(total.bytes), strings.Join(parts, ", "))
	}
	return nil
}

// size is a number of bytes for people.
func size(n int64) string {
	for _, u := range byteUnits {
		if n >= 10<<u.shift {
			return fmt.Sprintf("%d %siB", n>>u.shift, u.letter)
		}
	}
	return count(int(n), "byte")
}

func (t *textReport) style(style, text string) string {
	if !t.colors || text == "" {
		return text
	}
	return style + text + styleOff
}

func (t *textReport) verdict(v scan.Verdict) string {
	return t.style([...]string{styleSafe, styleSuspicious, styleDangerous}[v], v.String())
}

// code colours Python source.
func (t *textReport) code(text string) string {
	if !t.colors {
		return text
	}
	var b strings.Builder
	h := &highlighter{w: &b}
	h.Write([]byte(text))
	h.Close()
	return b.String()
}

// wrapped writes a paragraph, indented, in lines that fit.
func (t *textReport) wrapped(text string) {
	width := 78
	if t.width > 0 {
		width = min(max(t.width-2, 40), 100)
	}
	indent := "  "
	if strings.HasPrefix(text, "- ") {
		text, indent = text[2:], "    "
		t.out.WriteString("  - ")
	} else {
		t.out.WriteString(indent)
	}
	column := len(indent)
	for i, word := range strings.Fields(text) {
		if i > 0 && column+1+len(word) > width {
			t.out.WriteString("\n" + indent)
			column = len(indent)
		} else if i > 0 {
			t.out.WriteByte(' ')
			column++
		}
		t.out.WriteString(word)
		column += len(word)
	}
	t.out.WriteByte('\n')
}

// visible is text in which what does not print, or changes the direction of what follows, is
// escaped.
func visible(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsPrint(r) && r != unicode.ReplacementChar:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}
