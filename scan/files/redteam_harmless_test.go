package files_test

import (
	"archive/tar"
	"archive/zip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// harmlessFiles are data that look worse than they are, in all that keeps pickles.
func harmlessFiles() []made {
	var all []made
	add := func(id, name, data string) {
		all = append(all, made{id: id, accept: "B", name: name, data: []byte(data)})
	}
	// Strings that are names and programs.
	scary := string(p4("](" + s("os") + s("system") + s("cposix\nsystem\n(S'echo x'\ntR.") + s("__reduce__") + s("eval(1)") + b(harmful[0]) + b(harmful[1]) + s("\x00PK\x03\x04") + "e"))
	pairs := "](" + s("os") + s("system") + "\x86" + s("builtins") + s("eval") + "\x86e"
	for id, program := range map[string]string{
		"names": strings.TrimSuffix(scary[2:], "."), "pairs": pairs, "names as keys": "}(" + s("__class__") + s("os.system") + s("__setstate__") + s("eval") + s("append") + "Nu", "an ordered dict": g("collections", "OrderedDict") + ")R(" + s("append") + s("os.system") + s("module") + s("posix") + "u",
		"a namespace": g("types", "SimpleNamespace") + ")R}(" + s("os") + s("system") + s("eval") + "K\x01ub", "a defaultdict": g("collections", "defaultdict") + g("builtins", "list") + "\x85R" + s("os.system") + "]s", "a counter": g("collections", "Counter") + "}" + s("eval") + "K\x05s\x85R",
		"a set": "\x8f(" + s("os") + s("system") + "\x90", "a frozenset": "(" + s("eval") + "\x91", "100 levels": "N" + strings.Repeat("\x85", 100), "a key that is a tuple": "}" + s("os") + s("system") + "\x86Ns", "a memo": "]\x94(h\x00h\x00h\x00e",
		"numpy's name": g("numpy", "dtype") + s("f8") + "\x89\x88\x87R", "a text of newlines": s("\n\n\ncos\nsystem\n"), "a text of opcodes": s("R.bioQP\u0081\u0093"), "bytes of opcodes": b("R.b\x81\x93ioQP\x80\x04\x95"), "a long text": s(strings.Repeat("os.system ", 300)),
		"bytearray8": "\x96\x06\x00\x00\x00\x00\x00\x00\x00system", "getattr as a text": "](" + s("getattr") + s("__globals__") + "e", "a date": g("datetime", "datetime") + "C\x0a\x07\xea\x01\x02\x03\x04\x05\x00\x00\x06\x85R", "a decimal": g("decimal", "Decimal") + s("1.10") + "\x85R",
		"an exception": g("builtins", "ValueError") + s("os.system") + "\x85R", "a path": g("pathlib", "PurePosixPath") + s("/") + s("etc") + s("passwd") + "\x87R", "a memory map's array": g("numpy.core.multiarray", "_reconstruct") + g("numpy", "memmap") + "K\x00\x85C\x01b\x87R", "a logger": g("logging", "getLogger") + s("os.system") + "\x85R", "a uuid": g("uuid", "UUID") + ")\x81}" + s("int") + "K\x05sb",
	} {
		for i, form := range []string{"%s.", "\x95" + string(binary.LittleEndian.AppendUint64(nil, uint64(len(program)+1))) + "%s."} {
			if i == 1 && len(id)%2 == 0 {
				continue
			}
			add(fmt.Sprintf("%s %d", id, i), "data.pkl", "\x80\x04"+strings.Replace(form, "%s", program, 1))
		}
	}
	for id, program := range map[string]string{
		"protocol 0": "(lp0\nS'os'\np1\naS'system'\np2\naVeval\np3\naI1\naF1.5\naL5L\na.", "protocol 0 dict": "(dp0\nS'__reduce__'\np1\nS'cposix'\np2\ns.", "protocol 1": "]q\x00(U\x02osq\x01U\x06systemq\x02e.", "protocol 2": "\x80\x02]q\x00(U\x02osq\x01U\x06systemq\x02e.",
		"Python 2's set": "\x80\x02c__builtin__\nset\nq\x00]q\x01U\x02osq\x02a\x85q\x03Rq\x04.", "Python 2's object": "ccopy_reg\n_reconstructor\n(ccollections\nOrderedDict\nc__builtin__\ndict\n(dtR.", "Python 2's complex": "\x80\x02c__builtin__\ncomplex\nq\x00G?\xf0\x00\x00\x00\x00\x00\x00G@\x00\x00\x00\x00\x00\x00\x00\x86q\x01Rq\x02.",
		"bools in protocol 0": "(I01\nI00\nlp0\n.", "protocol 3": "\x80\x03]q\x00(C\x02osq\x01X\x06\x00\x00\x00systemq\x02e.", "latin-1": "S'\xe9t\xe9'\n.", "two": benign[0] + benign[1], "seven": strings.Repeat(benign[2], 7), "padded": benign[0] + strings.Repeat("\x00", 508), "a line each": benign[0] + "\n" + benign[2] + "\n",
	} {
		add("stream "+id, "data.pickle", program)
	}
	// The same in containers.
	z := func(members ...string) string { return string(zipOf(members...)) }
	ok := scary
	legacy := "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\x00(X\x10\x00\x00\x00protocol_versionq\x01M\xe9\x03X\x0d\x00\x00\x00little_endianq\x02\x88u.\x80\x02]q\x00X\x09\x00\x00\x00os.systemq\x01a.\x80\x02]q\x00."
	skip := "\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
	for id, data := range map[string]string{
		"zip": z("a.pkl", ok), "zip deflated": string(zipBy(zip.Deflate, "os.system.pkl", ok, "eval.txt", "text")), "zip lzma": string(zipBy(14, "a", ok)), "zip zstd": string(zipBy(93, "a", ok)), "zip xz": string(zipBy(95, "a", ok)), "zip in zip": z("a.zip", z("b", ok)),
		"torch": z("m/data.pkl", ok, "m/version", "3\n", "m/byteorder", "little", "m/data/0", "\x00\x00\x80\x3f\x00\x00\x00\x40"), "torch's old form": legacy,
		"tar": string(tarBy(tar.FormatUSTAR, "a", ok)), "tar pax": string(tarBy(tar.FormatPAX, strings.Repeat("a/", 90)+"os.system", ok)), "tar gnu": string(tarBy(tar.FormatGNU, strings.Repeat("a/", 90)+"b", ok, "c", "text")), "tgz": gz(string(tarBy(tar.FormatGNU, "x", ok)), nil),
		"gzip": gz(ok, nil), "gzip of two": gz(benign[0], nil) + gz(benign[1], nil), "gzip of gzip": gz(gz(ok, nil), nil), "zlib": zlibOf(ok, 9), "zlib 1": zlibOf(ok, 1), "xz": xzOf(ok, xz.WriterConfig{}), "xz of two": xzOf(benign[0], xz.WriterConfig{}) + "\x00\x00\x00\x00" + xzOf(benign[2], xz.WriterConfig{}),
		"lzma": lzmaOf(ok, lzma.WriterConfig{}), "zstd": zstdOf(ok), "zstd skipped": skip + zstdOf(ok), "zstd of two": zstdOf(benign[0]) + zstdOf(benign[1]), "zstd plain": zstdOf(ok, zstd.WithEncoderCRC(false)), "lz4": lz4Of(ok), "lz4 sums": lz4Of(ok, lz4.BlockChecksumOption(true)),
		"npy": npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "cos\nsystem\n(S'x'"), "npy of opcodes": npy(2, "{'descr': '|u1', 'fortran_order': False, 'shape': (30,), }", harmful[0]+strings.Repeat("\x00", 30-len(harmful[0]))),
		"npy of names": npy(1, "{'descr': '|S9', 'fortran_order': False, 'shape': (2,), }", "os.systemeval(1)\x00\x00"), "npy record": npy(3, "{'descr': [('os', '<i4'), ('system', '<i4')], 'fortran_order': False, 'shape': (1,), }", "\x01\x00\x00\x00\x02\x00\x00\x00"),
		"npz": z("arr_0.npy", npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", "\x01\x00\x00\x00")), "frames": string(binary.BigEndian.AppendUint32(nil, uint32(len(ok)))) + ok + string(binary.BigEndian.AppendUint32(nil, uint32(len(benign[1])))) + benign[1],
		"base64": base64.StdEncoding.EncodeToString([]byte(ok)), "flask": "!" + benign[0], "Django's files": "\x80\x04GA\xda\x00\x00\x00\x00\x00\x00." + zlibOf(ok, 6), "dumb": benign[1] + strings.Repeat("\x00", 512-len(benign[1])) + ok + strings.Repeat("\x00", 100),
		"zip with a comment": string(rawZip("", "os.system", zipEntry{name: "a", data: ok})), "a data descriptor": string(rawZip("", "", zipEntry{name: "a", data: ok, flags: 8, zeroLocal: true})), "a folder": string(rawZip("", "", zipEntry{name: "os/"}, zipEntry{name: "os/system", data: ok})),
		"safetensors": string(binary.LittleEndian.AppendUint64(nil, 80)) + `{"os.system":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}` + strings.Repeat(" ", 18) + "\x00\x00\x80\x3f",
	} {
		name := "cache.bin"
		if id == "safetensors" {
			name = "model.safetensors"
		}
		add("in "+id, name, data)
	}
	return all
}
