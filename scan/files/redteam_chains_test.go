package files_test

import (
	"fmt"
	"strings"
)

// chainFiles are harm done by way of names that are allowed, or look as if they were.
func chainFiles() []made {
	var all []made
	add := func(id, accept, program string, globals ...string) {
		all = append(all, made{id: id, accept: accept, globals: globals, name: "x.pkl", data: p4(program)})
	}
	x := s("echo x")

	// Walks through attributes; the first module is harmless, or an unknown one.
	for _, walk := range []string{
		"base64:re.enum.sys.modules", "enum:sys.modules", "dataclasses:inspect.os.system", "dataclasses:sys.modules.get", "typing:sys.exit", "contextlib:os.popen",
		"fractions:operator.attrgetter", "fractions:operator.methodcaller", "statistics:random._os.system", "heapq:__builtins__", "calendar:sys.settrace", "json:codecs.open",
		"json.decoder:scanner.re.enum.sys.modules", "locale:os.popen", "copy:weakref.finalize", "weakref:sys.modules", "sched:threading.Thread", "queue:threading.Timer", "tempfile:_shutil.rmtree",
		"zipfile:shutil.rmtree", "logging:os.execv", "uuid:os.popen", "mimetypes:os.system", "http.cookiejar:os.system", "http.cookiejar:http.client.socket.socket", "xml.etree.ElementTree:io.open",
		"numpy:ctypeslib.ctypes.CDLL", "numpy.core:os.environ.update", "numpy:sys.modules", "numpy:lib.npyio.os.system", "numpy.lib.format:pickle.load", "pandas:compat.os.system",
		"pandas.core.frame:sys.exit", "scipy:sys.modules", "scipy.stats:sys.modules", "sklearn.tree:os.system", "sklearn.utils:os.unlink", "torch._utils:importlib.import_module", "torch:os.system",
		"torch.nn.modules.linear:sys.modules", "torch.storage:pickle.loads", "torch.storage:io.open", "torch._tensor:os.system", "joblib.numpy_pickle:Path.unlink", "joblib.numpy_pickle:pickle.loads",
		"collections:OrderedDict.__init__.__globals__", "collections:OrderedDict.__reduce_ex__", "collections:abc.sys.modules", "collections:_sys.exit", "collections:Counter.__class__", "collections:defaultdict.__subclasses__",
		"copyreg:_reconstructor.__code__", "copyreg:dispatch_table.__setitem__", "datetime:sys.modules", "decimal:_sys.exit", "_pydecimal:sys.modules", "random:_os.popen", "functools:partial.__class__",
		"functools:reduce.__self__.exec", "builtins:print.__self__.eval", "builtins:dict.__setattr__", "builtins:type.__subclasses__", "builtins:object.__init_subclass__", "builtins:len.__self__.__import__",
		"builtins:str.__class__.mro", "acme.models:sys.modules", "acme.models:os.system", "acme.models:Order.__init__.__globals__", "acme:subprocess.run", "acme:helpers.pickle.loads", "acme:np.load.__globals__",
		"pathlib:os.remove", "pathlib:urllib.request.urlopen", "argparse:_sys.modules", "ipaddress:functools.reduce", "zoneinfo:_common.os.system", "string:_re.enum.sys.exit", "inspect:importlib.machinery.SourceFileLoader",
	} {
		module, name, _ := strings.Cut(walk, ":")
		add("walk "+walk, "D", g(module, name)+x+"\x85R", module+"."+name)
	}
	// Submodules as attributes of their packages.
	for _, walk := range []string{
		"numpy:testing.measure", "numpy:lib.format.read_array", "numpy:ctypeslib.load_library", "torch:hub.load", "torch:serialization.load", "torch:jit.load", "torch:storage._load_from_bytes", "pandas:io.pickle.read_pickle",
		"importlib:util.find_spec", "concurrent:futures.ThreadPoolExecutor", "multiprocessing:connection.Client", "logging:config.dictConfig", "logging:handlers.SocketHandler", "xml:sax.make_parser", "asyncio:subprocess.create_subprocess_exec",
		"urllib:request.urlopen", "http:server.HTTPServer", "email:mime.os.system", "scipy:weave.inline", "joblib:numpy_pickle.load", "joblib:parallel.Parallel", "dbm:gnu.open", "distutils:spawn.spawn",
		"sklearn:externals.joblib.load", "unittest:mock.patch", "ctypes:util.find_library", "test:support.script_helper.assert_python_ok", "cloudpickle:cloudpickle.subimport", "dill:_dill.loads", "yaml:constructor.UnsafeConstructor",
	} {
		module, name, _ := strings.Cut(walk, ":")
		add("submodule "+walk, "D", g(module, name)+x+"\x85R", module+"."+name)
	}
	// Data that is no call, and yet brings a module or its parts in.
	for _, module := range []string{"antigravity", "idlelib.idle", "test.__main__", "turtledemo.__main__"} {
		add("import of "+module, "D", g(module, "x"))
	}

	// Attributes by getattr and the operator module.
	getattr := g("builtins", "getattr")
	for id, program := range map[string]string{
		"__init__ of a class":       getattr + g("sklearn.svm._classes", "SVC") + s("__init__") + "\x86R",
		"__globals__ of that":       getattr + getattr + g("collections", "OrderedDict") + s("update") + "\x86R" + s("__globals__") + "\x86R",
		"__class__ of a str":        getattr + s("") + s("__class__") + "\x86R",
		"__subclasses__":            getattr + g("builtins", "object") + s("__subclasses__") + "\x86R)R",
		"a computed name":           getattr + g("collections", "OrderedDict") + g("builtins", "str") + s("x") + "\x85R\x86R",
		"of a computed object":      getattr + g("builtins", "dict") + ")R" + s("get") + "\x86R)R",
		"a method of an instance":   getattr + g("collections", "OrderedDict") + ")R" + s("__reduce__") + "\x86R)R",
		"with a default":            getattr + g("collections", "OrderedDict") + s("__class__") + g("os", "system") + "\x87R",
		"by INST":                   "(" + g("collections", "OrderedDict") + s("__class__") + "ibuiltins\ngetattr\n",
		"by OBJ":                    "(" + getattr + g("collections", "OrderedDict") + s("__init__") + "o",
		"attrgetter":                g("operator", "attrgetter") + s("__init__.__globals__") + "\x85R" + g("collections", "OrderedDict") + "\x85R",
		"methodcaller":              g("operator", "methodcaller") + s("system") + x + "\x86R",
		"itemgetter of builtins":    g("operator", "itemgetter") + s("eval") + "\x85R" + g("abc", "__builtins__") + "\x85R",
		"Path of a str, open":       getattr + g("pathlib", "PosixPath") + s("/dev/null") + "\x85R" + s("open") + "\x86R)R",
		"ndarray's tofile":          getattr + g("numpy", "ndarray") + s("tofile") + "\x86R",
		"fromkeys with an imported": g("collections", "OrderedDict.fromkeys") + g("os", "environ") + "\x85R",
	} {
		add("getattr: "+id, "D", program)
	}

	// Functions that call, with allowed callees as well as denied ones.
	sys, memmap := g("os", "system"), g("numpy", "memmap")
	for id, program := range map[string]string{
		"a default factory":               g("collections", "defaultdict") + sys + "\x85R",
		"a default factory by a slot":     g("collections", "defaultdict") + ")RN}" + s("default_factory") + g("os", "getcwd") + "s\x86b",
		"partial of partial":              g("functools", "partial") + g("functools", "partial") + sys + x + "\x87R",
		"partial by NEWOBJ":               g("functools", "partial") + sys + x + "\x86\x81",
		"partial of _functools":           g("_functools", "partial") + g("builtins", "eval") + s("1") + "\x86R)R",
		"partial re-armed":                g("functools", "partial") + g("builtins", "int") + "\x85R(" + sys + x + "\x85}NtbN\x85R",
		"partial re-armed by a dict":      g("functools", "partial") + g("builtins", "int") + "\x85R}" + s("func") + sys + "sb",
		"reduce of getattr":               g("functools", "reduce") + getattr + "(" + s("__class__") + s("__base__") + "t" + g("collections", "OrderedDict") + "\x87R",
		"map of eval, listed":             g("builtins", "list") + g("builtins", "map") + g("builtins", "eval") + "](" + s("1") + "e\x86R\x85R",
		"filter":                          g("builtins", "tuple") + g("builtins", "filter") + sys + "](" + x + "e\x86R\x85R",
		"starmap":                         g("collections", "deque") + g("itertools", "starmap") + sys + "](" + x + "\x85e\x86R\x85R",
		"sorted by a key":                 g("functools", "partial") + g("builtins", "sorted") + "\x85R}" + s("key") + sys + "sb",
		"a tensor hook":                   g("torch._utils", "_rebuild_parameter") + "N\x88" + g("collections", "OrderedDict") + ")R" + "K\x00" + sys + "s\x87R",
		"rebuild of a type":               g("torch._tensor", "_rebuild_from_type_v2") + "(" + getattr + g("builtins", "type") + "(" + g("collections", "OrderedDict") + s("__class__") + "t}tR",
		"rebuild that hands on":           g("torch._tensor", "_rebuild_from_type_v2") + "(" + g("torch._tensor", "_rebuild_from_type_v2") + g("torch", "Tensor") + "(" + sys + g("torch", "Tensor") + "(" + x + "t}t}tR",
		"a forward hook":                  g("torch.nn.modules.linear", "Linear") + ")\x81}" + s("_forward_hooks") + "}" + "K\x00" + sys + "ssb",
		"a wrapper's subclass":            g("joblib.numpy_pickle", "NumpyArrayWrapper") + ")\x81}(" + s("subclass") + sys + s("shape") + "K\x00\x85" + s("order") + s("C") + s("dtype") + g("numpy", "dtype") + s("f8") + "\x85R" + s("allow_mmap") + "\x89ub\x00",
		"_reconstructor of a file":        g("copyreg", "_reconstructor") + g("io", "FileIO") + g("builtins", "object") + "N\x87R",
		"_reconstructor with a base":      g("copyreg", "_reconstructor") + g("collections", "OrderedDict") + g("subprocess", "Popen") + x + "\x87R",
		"__newobj__":                      g("copyreg", "__newobj__") + g("subprocess", "Popen") + x + "\x86R",
		"__newobj_ex__":                   g("copyreg", "__newobj_ex__") + g("tempfile", "TemporaryFile") + ")}\x87R",
		"a masked array of a memmap":      g("numpy.ma.core", "_mareconstruct") + "(" + g("numpy", "memmap") + g("numpy", "ndarray") + "K\x00\x85" + s("b") + "tR",
		"a bit generator that loads":      g("numpy.random._pickle", "__bit_generator_ctor") + g("pickle", "loads") + "\x85R",
		"a generator's constructor":       g("numpy.random._pickle", "__generator_ctor") + s("x") + sys + "\x86R",
		"an index of a class that runs":   g("pandas.core.indexes.base", "_new_Index") + g("subprocess", "Popen") + "}" + s("args") + x + "s\x86R",
		"newObj of sklearn":               g("sklearn.neighbors._kd_tree", "newObj") + g("subprocess", "Popen") + "\x85R",
		"an estimator's func":             g("sklearn.preprocessing._function_transformer", "FunctionTransformer") + ")\x81}" + s("func") + sys + "sb",
		"Enum's value":                    g("enum", "Enum") + sys + "\x85R",
		"a namedtuple's rename":           g("collections", "namedtuple") + s("X") + g("subprocess", "getoutput") + "\x86R",
		"an exit handler":                 g("weakref", "finalize") + g("collections", "Counter") + ")R" + sys + "\x86R",
		"contextlib":                      g("contextlib", "ExitStack.callback") + g("contextlib", "ExitStack") + ")R" + sys + x + "\x87R",
		"singledispatch":                  g("functools", "singledispatch") + sys + "\x85R",
		"cached_property":                 g("functools", "cached_property") + sys + "\x85R",
		"MethodType":                      g("types", "MethodType") + sys + x + "\x86R",
		"copyreg.pickle":                  g("copyreg", "pickle") + g("builtins", "dict") + sys + "\x86R",
		"a generator of a memory map":     g("numpy.random._pickle", "__generator_ctor") + s("/dev/null") + memmap + "\x86R",
		"a bit generator of a memory map": g("numpy.random._pickle", "__bit_generator_ctor") + memmap + "\x85R",
		"a state of a memory map":         g("numpy.random._pickle", "__randomstate_ctor") + s("/dev/null") + memmap + "\x86R",
		"a hook of a computed name":       g("types", "SimpleNamespace") + ")R}" + g("builtins", "str") + s("__setstate__") + "\x85R" + memmap + "sb" + s("/dev/null") + "b",
		"a class by type":                 g("builtins", "type") + s("X") + g("collections", "OrderedDict") + "\x85}" + s("append") + memmap + "s\x87R",
		"an observer that is called":      g("torch.ao.quantization.fake_quantize", "FakeQuantize") + memmap + "\x85R",
		"a parameter's class":             g("torch._utils", "_rebuild_parameter_with_state") + "(N\x88}}" + s("__class__") + g("torch", "Tensor") + "stR",
		"Cython's state":                  g("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked") + g("pandas.core.arrays.datetimes", "DatetimeArray") + "K\x00(NN}" + s("__setstate__") + memmap + "st\x87R" + s("/dev/null") + "b",
		"a zone that is a file":           g("pandas._libs.tslibs.timestamps", "_unpickle_timestamp") + "(K\x00N" + s("dateutil//dev/null") + "K\x0atR",
		"a zone above its folder":         g("pandas", "DatetimeTZDtype") + s("ns") + s("dateutil/../../x") + "\x86R",
		"typing's ForwardRef":             g("typing", "ForwardRef") + s("__import__('os')") + "\x85R",
		"string.Formatter":                g("string", "Formatter.get_field") + g("string", "Formatter") + ")R" + s("0.__class__") + ")\x87R",
	} {
		accept := "D"
		switch id {
		case "a hook of a computed name", "a generator of a memory map", "a bit generator of a memory map", "a state of a memory map", "a class by type", "an observer that is called", "a parameter's class", "a zone that is a file", "a zone above its folder":
			accept = "SD"
		case "a masked array of a memmap", "a default factory by a slot", "rebuild of a type":
			accept = "DS"
		}
		add("calls: "+id, accept, program)
	}

	// Things that the unpickler itself calls.
	for id, program := range map[string]string{
		"append":                  g("types", "SimpleNamespace") + ")R}" + s("append") + sys + "sb" + x + "a",
		"extend":                  g("types", "SimpleNamespace") + ")R}" + s("extend") + sys + "sb(" + x + "e",
		"add":                     g("types", "SimpleNamespace") + ")R}" + s("add") + g("os", "unlink") + "sb(" + s("/dev/null/x") + "\x90",
		"__setstate__":            g("types", "SimpleNamespace") + ")R}" + s("__setstate__") + sys + "sb" + x + "b",
		"__setstate__ of a class": g("types", "SimpleNamespace") + "N}" + s("__setstate__") + sys + "s\x86b",
		"items of a module":       g("sys", "modules") + s("json") + "Ns",
		"items of environ":        g("os", "environ") + "(" + s("LD_PRELOAD") + s("/dev/null") + "u",
		"path's append":           g("sys", "path") + s("/tmp") + "a",
		"warnings.filters":        g("warnings", "filters") + "Na",
		"copyreg.dispatch_table":  g("copyreg", "dispatch_table") + g("builtins", "dict") + sys + "s",
		"a class's attribute":     g("collections", "Counter") + "}" + s("most_common") + sys + "sb",
		"a function's defaults":   g("json", "dumps") + "}" + s("__defaults__") + "Nsb",
		"a computed name":         g("types", "SimpleNamespace") + ")R}" + g("builtins", "str") + s("__setstate__") + "\x85R" + sys + "sb" + x + "b",
		"a dict that is an update": g("sklearn.svm._classes", "SVC") + ")\x81" + g("collections", "OrderedDict") + ")R" + s("__setstate__") + sys + "sb" +
			x + "b",
		"a state in a state": g("types", "SimpleNamespace") + ")R}" + s("__dict__") + "}" + s("append") + sys + "ssb" + x + "a",
	} {
		add("hooks: "+id, "D", program)
	}

	// Pickles in pickles.
	inner := harmful[0]
	legacy := "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02" + strings.TrimPrefix(harmful[3], "\x80\x02") + "\x80\x02]."
	load := g("torch.storage", "_load_from_bytes")
	for id, program := range map[string]string{
		"bytes":             load + b(inner) + "\x85R",
		"protocol 0":        load + b(harmful[1]) + "\x85R",
		"torch's old form":  load + b(legacy) + "\x85R",
		"bytearray":         load + g("builtins", "bytearray") + b(inner) + "\x85R\x85R",
		"BYTEARRAY8":        load + "\x96" + string([]byte{byte(len(inner)), 0, 0, 0, 0, 0, 0, 0}) + inner + "\x85R",
		"latin-1 text":      load + g("_codecs", "encode") + s(latin1Text(inner)) + s("latin1") + "\x86R\x85R",
		"in itself":         load + b(string(p4(load+b(string(p4(load+b(inner)+"\x85R")))+"\x85R"))) + "\x85R",
		"second of two":     load + b(benign[0]+inner) + "\x85R",
		"a zip of torch":    load + b(string(zipOf("archive/data.pkl", inner, "archive/version", "3\n"))) + "\x85R",
		"pickle.loads":      g("pickle", "loads") + b(inner) + "\x85R",
		"_pickle.Unpickler": g("_pickle", "Unpickler") + g("io", "BytesIO") + b(inner) + "\x85R\x85R",
		"by NEWOBJ":         load + b(inner) + "\x85\x81",
		"by INST":           "(" + b(inner) + "itorch.storage\n_load_from_bytes\n",
		"by a partial":      g("functools", "partial") + load + b(inner) + "\x86R",
	} {
		accept := "D"
		if id == "by a partial" || id == "by NEWOBJ" {
			accept = "DS"
		}
		add("nested: "+id, accept, program)
	}
	add("nested: computed", "SD", load+g("builtins", "bytes")+g("builtins", "bytearray")+"K\x05\x85R\x85R\x85R")
	add("nested: out of band", "SD", load+"\x97\x85R")

	// Metadata that numpy and torch believe: memory that is not theirs.
	dtype := func(spec, state string) string { return g("numpy", "dtype") + s(spec) + "\x89\x88\x87R" + state + "b" }
	objects := "(K\x03" + s("|") + "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"
	array := func(shape, dtype, data string) string {
		return g("numpy.core.multiarray", "_reconstruct") + g("numpy", "ndarray") + "K\x00\x85C\x01b\x87R(K\x01" + shape + dtype + "\x89" + data + "tb"
	}
	storage := func(class, count string) string {
		return "(" + s("storage") + g("torch", class) + s("0") + s("cpu") + count + "tQ"
	}
	for id, program := range map[string]string{
		"object pointers from bytes":        array("K\x01\x85", dtype("O8", objects), b("AAAAAAAA")),
		"a scalar of pointers":              g("numpy.core.multiarray", "scalar") + dtype("O8", objects) + b("AAAAAAAA") + "\x86R",
		"a field out of the record":         array("K\x01\x85", g("numpy", "dtype")+s("V8")+"\x89\x88\x87R(K\x03"+s("|")+"N"+s("a")+"\x85}"+s("a")+dtype("O8", objects)+"J\x00\x00\x00\x10\x86s"+"K\x08K\x01K\x10tb", b("AAAAAAAA")),
		"a size that is another":            array("K\x01\x85", dtype("f8", "(K\x03"+s("<")+"NNNJ\x00\x00\x00\x10K\x01K\x00t"), b("AAAAAAAA")),
		"objects that are none":             array("K\x01\x85", dtype("i8", "(K\x03"+s("<")+"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ft"), "]K\x01a"),
		"object pointers, by INST":          array("K\x01\x85", "("+s("O8")+"inumpy\ndtype\n"+objects+"b", b("AAAAAAAA")),
		"object pointers, by NEWOBJ":        array("K\x01\x85", g("numpy", "dtype")+s("O8")+"\x85\x81"+objects+"b", b("AAAAAAAA")),
		"object pointers, by __newobj__":    array("K\x01\x85", g("copyreg", "__newobj__")+g("numpy", "dtype")+s("O8")+"\x86R"+objects+"b", b("AAAAAAAA")),
		"object pointers, of a class":       array("K\x01\x85", g("numpy", "dtype")+g("numpy", "object_")+"\x85R"+objects+"b", b("AAAAAAAA")),
		"object pointers, of another class": array("K\x01\x85", g("numpy", "dtype")+g("builtins", "object")+"\x85R"+objects+"b", b("AAAAAAAA")),
		"object pointers, of any class":     array("K\x01\x85", g("numpy", "dtype")+g("collections", "OrderedDict")+"\x85R"+objects+"b", b("AAAAAAAA")),
		"object pointers, of a list":        array("K\x01\x85", g("numpy", "dtype")+"]"+s("a")+s("O")+"\x86a\x85R"+objects+"b", b("AAAAAAAA")),
		"object pointers, by a word":        array("K\x01\x85", g("numpy", "dtype")+s("object")+"\x85R"+objects+"b", b("AAAAAAAA")),
		"object pointers, by a partial":     array("K\x01\x85", g("functools", "partial")+g("numpy", "dtype")+s("O8")+"\x86R)R"+objects+"b", b("AAAAAAAA")),
		"object pointers, without flags":    array("K\x01\x85", dtype("O8", "(K\x03"+s("|")+"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xfft"), b("AAAAAAAA")),
		"a tensor behind its end":           g("torch._utils", "_rebuild_tensor_v2") + "(" + storage("FloatStorage", "K\x04") + "K\x03K\x02\x85K\x01\x85\x89" + g("collections", "OrderedDict") + ")RtR",
		"a negative stride":                 g("torch._utils", "_rebuild_tensor_v2") + "(" + storage("FloatStorage", "K\x04") + "K\x00K\x02\x85J\xff\xff\xff\xff\x85\x89" + g("collections", "OrderedDict") + ")RtR",
		"an offset of 2^62":                 g("torch._utils", "_rebuild_tensor_v2") + "(" + storage("FloatStorage", "K\x04") + "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40K\x02\x85K\x01\x85\x89" + g("collections", "OrderedDict") + ")RtR",
	} {
		add("metadata: "+id, "SD", program)
	}
	// Files that loaders open by names in the data.
	for id, program := range map[string]string{
		"joblib's old arrays":     g("joblib.numpy_pickle_compat", "NDArrayWrapper") + ")\x81}(" + s("filename") + s("/etc/passwd") + s("subclass") + g("numpy", "ndarray") + s("allow_mmap") + "\x88ub",
		"joblib's old zip arrays": g("joblib.numpy_pickle_compat", "ZNDArrayWrapper") + ")\x81}(" + s("filename") + s("../../../etc/x") + s("init_args") + ")" + s("state") + "Nub",
		"dateutil's tzfile":       g("dateutil.tz.tz", "tzfile") + s("/etc/passwd") + "\x85R",
		"dateutil's gettz":        g("dateutil.tz", "gettz") + s("/etc/passwd") + "\x85R",
		"pytz's timezone":         g("pytz", "timezone") + s("../../etc/passwd") + "\x85R",
		"a zone's file":           g("zoneinfo", "ZoneInfo.from_file") + s("/etc/passwd") + "\x85R",
		"ndarray by a file":       g("numpy", "fromfile") + s("/etc/passwd") + "\x85R",
	} {
		add("files: "+id, "SD", program)
	}
	for i, e := range harmful {
		add(fmt.Sprintf("beside what is allowed %d", i), "D", "]("+g("collections", "OrderedDict")+")R"+g("numpy", "dtype")+s("f8")+"\x85Re0"+strings.TrimSuffix(e, "."))
	}
	return all
}

// latin1Text is the UTF-8 of the bytes as code points.
func latin1Text(data string) string {
	var b strings.Builder
	for i := range len(data) {
		b.WriteRune(rune(data[i]))
	}
	return b.String()
}

// costFiles are small, and cost a loader a lot.
func costFiles() []made {
	var all []made
	huge := "\x8a\x06\x00\x00\x00\x00\x00\x10" // 2^44
	for id, program := range map[string]string{
		"bytearray of 2^44": g("builtins", "bytearray") + huge + "\x85R", "bytes of 2^44": g("builtins", "bytes") + huge + "\x85R", "list of a range": g("builtins", "list") + g("builtins", "range") + huge + "\x85R\x85R",
		"tuple of a range": g("builtins", "tuple") + g("builtins", "range") + huge + "\x85R\x85R", "set of a range": g("builtins", "set") + g("builtins", "range") + huge + "\x85R\x85R",
		"deque of a range": g("collections", "deque") + g("builtins", "range") + huge + "\x85R\x85R", "Counter of a range": g("collections", "Counter") + g("builtins", "range") + huge + "\x85R\x85R",
		"frozenset of a range": g("builtins", "frozenset") + g("builtins", "range") + huge + "\x85R\x85R", "deque of repeat": g("collections", "deque") + g("itertools", "repeat") + "N\x85R\x85R",
		"list of count": g("builtins", "list") + g("itertools", "count") + "K\x00\x85R\x85R", "list of cycle": g("builtins", "list") + g("itertools", "cycle") + "]K\x01a\x85R\x85R",
		"Fraction of 1e999999999": g("fractions", "Fraction") + s("1e999999999") + "\x85R", "int of digits": g("builtins", "int") + "X\x40\x0d\x03\x00" + strings.Repeat("9", 200000) + "\x85R",
		"an array of 2^44": g("numpy.core.multiarray", "_reconstruct") + g("numpy", "ndarray") + huge + "\x85C\x01b\x87R", "ndarray of 2^44": g("numpy", "ndarray") + huge + "\x85\x85R",
		"ndarray by NEWOBJ": g("numpy", "ndarray") + huge + "\x85\x85\x81", "a storage of 2^44": g("torch", "FloatStorage") + huge + "\x85R",
		"a void": g("numpy", "void") + huge + "\x85R", "numpy's bytes": g("numpy", "bytes_") + huge + "\x85R", "a list of a network": g("builtins", "list") + g("ipaddress", "IPv6Network") + s("::/0") + "\x85R\x85R",
		"a torch.Size": g("torch", "Size") + g("builtins", "range") + huge + "\x85R\x85R", "a UserList": g("collections", "UserList") + g("builtins", "range") + huge + "\x85R\x85R", "a product": g("itertools", "product") + g("builtins", "range") + huge + "\x85R\x85R",
		"combinations": g("itertools", "combinations") + g("builtins", "range") + huge + "\x85RK\x02\x86R", "a set of a network": g("builtins", "set") + g("ipaddress", "IPv4Network") + s("0.0.0.0/0") + "\x85R\x85R",
		"deque(maxlen) of a range": g("collections", "deque") + g("builtins", "range") + huge + "\x85RK\x01\x86R",
		"20 levels of tuples":      "N" + strings.Repeat("22222222\x87\x87\x87\x87", 1) + strings.Repeat("222\x87\x86", 40), "dicts of dicts": "}\x940" + levels(24),
		"a key of tuples": "})" + strings.Repeat("2\x86", 64) + "Ns", "a set of tuples": "\x8f(" + ")" + strings.Repeat("2\x86", 64) + "\x90",
		"60000 marks": strings.Repeat("(", 60000) + "N", "a leftover of lists": strings.Repeat("]", 5000) + "N",
		"a LONG of 200000 bytes": "\x8b\x40\x0d\x03\x00" + strings.Repeat("\x7f", 200000), "a text LONG of 200000 digits": "L" + strings.Repeat("9", 200000) + "L\n",
		"an INT of 200000 digits": "I" + strings.Repeat("9", 200000) + "\n",
	} {
		accept := "SD"
		if id == "int of digits" {
			accept = "SDB" // some 0.1 seconds in Python before 3.11, which refuses it
		}
		all = append(all, made{id: id, accept: accept, name: "x.pkl", data: p4(program)})
	}
	return all
}

// levels is lists of ten references to the one before.
func levels(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("](" + strings.Repeat("h"+string(rune(i)), 10) + "e\x94")
	}
	return b.String()
}
