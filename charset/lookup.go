package charset

import (
	"strings"
	"sync"

	"github.com/go-pickle/pickle/internal/textcodec"
)

//go:generate python3 gen.py

// Lookup finds the charset with the given name, in any case and punctuation:
// "KOI8-R", "koi8_r" and "cskoi8r" are one. Names and aliases are those of
// Python 3.11. It reports false for a name that Python does not know, or that
// is no charset implemented here (see the package's description).
//
// The function it returns decodes src and appends the text to dst as UTF-8.
// errors is the name of one of Python's error handlers for what cannot be
// decoded: "strict" (also if empty), "ignore", "replace", "backslashreplace",
// "surrogateescape" or "surrogatepass"; the last two may put lone surrogates
// into the text, as the three bytes that 'surrogatepass' makes of them. Its
// error has the text of CPython's exception, such as "'gbk' codec can't decode
// byte 0xff in position 3: illegal multibyte sequence"; an unknown handler is
// an error only once something cannot be decoded. On an error the text up to
// there has been appended.
//
// That function takes linear time, keeps neither slice, and may be used from
// several goroutines at once.
func Lookup(encoding string) (func(dst, src []byte, errors string) ([]byte, error), bool) {
	if codec, ok := textcodec.Lookup(encoding); ok {
		return codec, true
	}
	if codec := find(encoding); codec != nil {
		return textcodec.Registered(encoding, codec), true
	}
	return nil, false
}

// find is the codec with the given name or alias, nil if there is none.
func find(encoding string) textcodec.Codec {
	name := textcodec.NormalizeEncoding(encoding)
	module, ok := canonical[name]
	if !ok {
		// An alias may have points for its underscores; a module may not.
		module, ok = canonical[strings.ReplaceAll(name, ".", "_")]
	}
	if !ok {
		module = name
	}
	return load(module)
}

// loaded are the codecs made so far, by the names of Python's modules. There
// are as many as charsets, whatever names are asked for.
var loaded struct {
	sync.Mutex
	codecs map[string]textcodec.Codec
}

// load makes the codec of one of Python's modules, nil if it is not known.
func load(module string) textcodec.Codec {
	loaded.Lock()
	defer loaded.Unlock()
	if codec, ok := loaded.codecs[module]; ok {
		return codec
	}
	var codec textcodec.Codec
	if table, ok := singleTables[module]; ok {
		codec = newSingleByte(table).decode
	} else if first, ok := firstBytes[module]; ok {
		codec = newMultibyte(module, first).decode
	} else if variant, ok := iso2022Variants[module]; ok {
		codec = newISO2022(module, variant).decode
	} else if module == "hz" {
		codec = newHZ().decode
	} else {
		return nil
	}
	if loaded.codecs == nil {
		loaded.codecs = make(map[string]textcodec.Codec)
	}
	loaded.codecs[module] = codec
	return codec
}
