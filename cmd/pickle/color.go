package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// The few styles that are used. They are not worth a library.
const (
	styleOff    = "\x1b[0m"
	styleBold   = "\x1b[1m"
	styleDim    = "\x1b[2m"
	styleString = "\x1b[32m"
	styleNumber = "\x1b[36m"
	styleWord   = "\x1b[35m"
	styleLabel  = "\x1b[1;33m"

	styleSafe       = "\x1b[32m"
	styleSuspicious = "\x1b[1;33m"
	styleDangerous  = "\x1b[1;31m"
)

// colorFlag adds --color to a command.
func colorFlag(cmd *cobra.Command, when *string) {
	cmd.Flags().StringVar(when, "color", "auto", "colour the output `WHEN`: auto, always or never; auto respects NO_COLOR")
	cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

var errColor = errors.New("--color is auto, always or never")

// colorWanted reports whether w is to be coloured: https://no-color.org.
func colorWanted(when string, w io.Writer) bool {
	switch when {
	case "always":
		return true
	case "auto":
		return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return false
}

// A highlighter colours what package py prints on its way to w: strings, numbers, names
// such as None, labels.
type highlighter struct {
	w     io.Writer
	out   []byte
	word  []byte // the word that is being read
	quote byte   // of the string that is being read
	esc   bool   // after a backslash
}

func (h *highlighter) Write(p []byte) (int, error) {
	h.out = h.out[:0]
	for _, c := range p {
		h.byte(c)
	}
	if _, err := h.w.Write(h.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes what is left.
func (h *highlighter) Close() error {
	h.out = h.out[:0]
	h.endWord()
	if h.quote != 0 {
		h.out = append(h.out, styleOff...)
	}
	_, err := h.w.Write(h.out)
	return err
}

func (h *highlighter) byte(c byte) {
	if h.quote != 0 {
		h.out = append(h.out, c)
		switch {
		case h.esc:
			h.esc = false
		case c == '\\':
			h.esc = true
		case c == h.quote:
			h.quote = 0
			h.out = append(h.out, styleOff...)
		}
		return
	}
	switch {
	case c == '\'' || c == '"':
		prefix := len(h.word) == 1 && h.word[0] == 'b'
		if !prefix {
			h.endWord()
		}
		h.out = append(h.out, styleString...)
		h.out = append(h.out, h.word...)
		h.out = append(h.out, c)
		h.word, h.quote = h.word[:0], c
	case isWordByte(c) && len(h.word) < 64:
		h.word = append(h.word, c)
	case c == '&' || c == '*' || c == '-':
		h.endWord()
		h.word = append(h.word, c)
	default:
		h.endWord()
		h.out = append(h.out, c)
	}
}

func isWordByte(c byte) bool {
	return c == '.' || c == '_' || c == '+' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// endWord writes the word in its colour.
func (h *highlighter) endWord() {
	w := h.word
	if len(w) == 0 {
		return
	}
	style := ""
	digit := func(i int) bool { return len(w) > i && w[i] >= '0' && w[i] <= '9' }
	switch {
	case digit(0), w[0] == '-' && digit(1):
		style = styleNumber
	case (w[0] == '&' || w[0] == '*') && digit(1):
		style = styleLabel
	}
	switch string(w) {
	case "None", "True", "False":
		style = styleWord
	case "inf", "-inf", "nan":
		style = styleNumber
	case "...":
		style = styleDim
	}
	if style == "" {
		h.out = append(h.out, w...)
	} else {
		h.out = append(h.out, style...)
		h.out = append(h.out, w...)
		h.out = append(h.out, styleOff...)
	}
	h.word = w[:0]
}
