// Package pyjson writes Python's values as JSON and reads them back.
//
// [Marshal] writes typed JSON, which loses nothing: [Unmarshal] gives the same value again,
// so that dumping it gives the same pickle as dumping the original, to the byte and in any
// protocol. [Plain] writes ordinary JSON for other programs, which can't be read back.
//
// # Typed JSON
//
// Where Python and JSON agree a value looks as one expects:
//
//	{"name": "Ann", "age": 41, "weight": 61.5, "tags": ["a", "b"], "boss": null}
//
// A number with a point or an exponent is a float, any other an int. All else is an object
// whose first key begins with $:
//
//	VALUE = null | true | false | NUMBER | STRING
//	      | [ VALUE... ]                     list
//	      | { STRING: VALUE ... }            dict; no key begins with $
//	      | {"$dict": [[VALUE, VALUE]...]}   dict with any keys
//	      | {"$tuple": [VALUE...]}
//	      | {"$set": [VALUE...]}
//	      | {"$frozenset": [VALUE...]}
//	      | {"$str": STRING}                 a str object of its own, see below
//	      | {"$escaped": STRING}             likewise; with lone surrogates as \udc80 (so
//	                                         in JSON \\udc80), stray bytes as \x80 and
//	                                         backslashes as \\
//	      | {"$interned": STRING}            a str that the encoder has, see below
//	      | {"$bytes": DATA}
//	      | {"$bytearray": DATA}
//	      | {"$buffer": {"data": DATA, "readonly": BOOL, "index": NUMBER}}
//	      | {"$int": "-0x1f"}                an int; those of more than 4300 digits
//	      | {"$float": FLOAT}                FLOAT is a number or "nan", "-nan", "inf",
//	                                         "-inf" or the 64 bits "0x7ff8000000000001"
//	      | {"$complex": [FLOAT, FLOAT]}
//	      | {"$global": [VALUE, VALUE]}      class or function: module and name, each a str
//	      | {"$persistent": VALUE}           persistent reference: its id
//	      | {"$object": OBJECT}
//	      | {"$def": N, "value": VALUE}      VALUE, and from here on N refers to it
//	      | {"$ref": N}                      the same object as the one defined as N
//	DATA  = STRING                           ASCII
//	      | {"$base64": STRING}              anything
//	OBJECT = {"how": HOW, "class": VALUE, "args": VALUE, "kwargs": VALUE,
//	          "ops": [[OP, VALUE...]...], "twins": [[VALUE, VALUE, VALUE?]...]}
//
// N is an int from 1 on. The fields of an OBJECT are those of [py.Object], of which only
// how must be there: HOW is reduce, newobj, newobj_ex, inst or name ([py.How]), OP is build,
// append, setitems, additems or call ([py.OpKind]) and stands before the Items of the
// operation; a twin is class, args and kwargs.
//
// # Identity
//
// Python tells objects apart that are equal, and a pickle says which are the same. So does
// typed JSON. Each list, dict, tuple and so on is an object of its own, and what is met
// more than once is defined where it comes first and referred to afterwards. The
// definition may hold references to itself:
//
//	{"$def": 1, "value": [1, 2, {"$ref": 1}]}
//
// The numbers of an int, a float, None and a bool need no such marks, and there is one
// empty tuple. A str or key of up to 64 bytes of UTF-8 that is written as a plain STRING is
// the same object as every equal one written so; this is what Python does with names. A
// longer STRING is an object of its own. {"$str": "text"} is always an object of its own.
// Two classes of one name are equal, whether they are the same object or not.
//
// {"$interned": "builtins"} is a str object that Python's pickler has for itself and
// writes where it needs it, in protocols that have no opcode for complex or bytearray; the
// encoder of package pickle refers to it if it has written it already. The text is builtins,
// complex or bytearray. The name latin1 and the characters up to U+00FF are such objects as
// plain strings.
//
// # Reading
//
// Text is checked strictly. It must be valid UTF-8, though a STRING may have lone
// surrogates as \ud800. Unknown $ tags and fields are errors, and so are references to
// what is not defined before, numbers defined twice, equal keys in a dict or set, keys that
// can't be hashed, tuples and frozensets that hold themselves with nothing else between,
// decimal numbers of more than 4300 digits, and floats out of range. Depth costs memory in
// proportion and nothing else; nothing is allocated by a number that the text claims.
package pyjson
