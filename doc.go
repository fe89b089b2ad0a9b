// Package pickle loads and dumps Python's pickles: protocols 0 to 5, both ways, with nothing
// of Python needed, and with the bytes that CPython itself writes.
//
//	data := py.NewDict("a", py.NewList(1, 2.0, 3+4i), "b", py.Tuple{"text", py.Bytes("bytes")})
//	err := pickle.SaveFile("data.pkl", data)
//	...
//	data, err := pickle.LoadFile[*py.Dict]("data.pkl")
//
// Nothing that a pickle names is ever imported, looked up or called. A class or function is
// its name, a [py.Global]; an instance is a [*py.Object], which says how it was made and what
// was done to it after that, and which dumps to the same pickle again.
//
// # Python and Go
//
//	pickle.dump(obj, file, protocol)      Dump(w, v); EncodeOptions{Protocol: …}.Dump(w, v)
//	pickle.load(file, encoding=…)         Load[T](r); DecodeOptions{Encoding: …}.Load(r, &v)
//	pickle.dumps(obj), pickle.loads(b)    Marshal(v), Unmarshal(b, &v)
//	save(filename, obj), load(filename)   SaveFile(name, v), LoadFile[T](name)
//	pickle.Pickler, pickle.Unpickler      NewEncoder(w), NewDecoder(r)
//	fix_imports=False                     NoFixImports
//	persistent_id, persistent_load        PersistentID, PersistentLoad
//	buffer_callback, buffers              BufferCallback, Buffers
//	copyreg.add_extension                 Extension
//
// Package [py] lists the Go type of each Python type. Dumping takes those, and Go's own
// numbers, strings, slices, arrays, maps and pointers to them: []byte becomes bytes, other
// slices and arrays lists, maps dicts in the order of their keys.
//
// # Identity
//
// A pickle says which objects are the same one. Loading keeps that: an object that is used
// twice is one Go pointer, one string data or one backing array of a tuple, and a list that
// holds itself does so in Go. Dumping writes each object once and refers to it after that. So
// what was loaded dumps to the same bytes, at the same protocol and with the same options.
//
// # Errors
//
// A pickle that can't be loaded gives a [*graph.Error]: the kind of exception that CPython
// raises, its message, the offset and opcode. A value that can't be dumped gives an
// [*EncodeError] with the path to the place, such as $["layers"][3]; then nothing has been
// written. Errors of readers, writers and of functions in the options are wrapped.
//
// # Memory
//
// Values that were loaded together share memory: their containers, numbers and strings are
// parts of larger pieces. Keeping a small part of a large value may keep all of it.
package pickle
