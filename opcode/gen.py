#!/usr/bin/env python3
"""Writes table.go from the pickletools of the running Python (3.11).

    python3 gen.py            write table.go beside this file
    python3 gen.py --check    exit with 1 if table.go is not what would be written

Names, protocols, argument kinds and stack pictures are read from pickletools;
the Go names of the opcodes from opcode.go; the descriptions are DOCS, below.
"""

import os
import pickletools
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

DOCS = {
    'INT': "Pushes the int written in decimal on the line. The texts 00 and 01 are False and True.",
    'BININT': "Pushes an int of four bytes, negative ones included.",
    'BININT1': "Pushes an int from 0 to 255.",
    'BININT2': "Pushes an int from 0 to 65535.",
    'LONG': "Pushes the int written in decimal on the line, of any size. Python 2 writes an L behind it.",
    'LONG1': "Pushes an int of up to 255 bytes in two's complement. No bytes at all mean 0.",
    'LONG4': "Pushes an int of any number of bytes in two's complement.",
    'STRING': "Pushes a Python 2 str, written as a quoted literal. The unpickler's encoding makes it str or bytes.",
    'BINSTRING': "Pushes a Python 2 str, counted by four bytes. The unpickler's encoding makes it str or bytes.",
    'SHORT_BINSTRING': "Pushes a Python 2 str of at most 255 bytes. The unpickler's encoding makes it str or bytes.",
    'BINBYTES': "Pushes bytes, counted by four bytes.",
    'SHORT_BINBYTES': "Pushes at most 255 bytes.",
    'BINBYTES8': "Pushes bytes, counted by eight bytes.",
    'BYTEARRAY8': "Pushes a new bytearray, its content counted by eight bytes.",
    'NEXT_BUFFER': "Pushes the next of the out-of-band buffers that were handed to the unpickler.",
    'READONLY_BUFFER': "Replaces the buffer on top of the stack by a read-only view of it.",
    'NONE': "Pushes None.",
    'NEWTRUE': "Pushes True.",
    'NEWFALSE': "Pushes False.",
    'UNICODE': "Pushes the str written on the line in raw-unicode-escape.",
    'SHORT_BINUNICODE': "Pushes a str of at most 255 bytes of UTF-8. Lone surrogates are encoded like other characters.",
    'BINUNICODE': "Pushes a str in UTF-8, counted by four bytes. Lone surrogates are encoded like other characters.",
    'BINUNICODE8': "Pushes a str in UTF-8, counted by eight bytes. Lone surrogates are encoded like other characters.",
    'FLOAT': "Pushes the float written in decimal on the line; inf and nan are allowed.",
    'BINFLOAT': "Pushes a float of eight bytes, the exact value.",
    'EMPTY_LIST': "Pushes a new empty list.",
    'APPEND': "Pops an object and appends it to the list below it, which stays.",
    'APPENDS': "Pops everything above the topmost mark, and the mark, and appends it to the list below, which stays.",
    'LIST': "Pops everything above the topmost mark, and the mark, and pushes a list of it.",
    'EMPTY_TUPLE': "Pushes the empty tuple.",
    'TUPLE': "Pops everything above the topmost mark, and the mark, and pushes a tuple of it.",
    'TUPLE1': "Replaces the topmost object by a tuple of it.",
    'TUPLE2': "Replaces the two topmost objects by a tuple of them.",
    'TUPLE3': "Replaces the three topmost objects by a tuple of them.",
    'EMPTY_DICT': "Pushes a new empty dict.",
    'DICT': "Pops everything above the topmost mark, and the mark, and pushes a dict of it: key, value, key, value.",
    'SETITEM': "Pops a value and its key and sets them in the dict below, which stays.",
    'SETITEMS': "Pops everything above the topmost mark, and the mark, and sets it in the dict below, which stays: key, value, key, value.",
    'EMPTY_SET': "Pushes a new empty set.",
    'ADDITEMS': "Pops everything above the topmost mark, and the mark, and adds it to the set below, which stays.",
    'FROZENSET': "Pops everything above the topmost mark, and the mark, and pushes a frozenset of it.",
    'POP': "Drops the topmost object, which may be a mark.",
    'DUP': "Pushes the topmost object once more. No pickler writes it.",
    'MARK': "Pushes the mark, up to which a later opcode collects.",
    'POP_MARK': "Drops everything above the topmost mark, and the mark.",
    'GET': "Pushes the memo's entry with the decimal index on the line.",
    'BINGET': "Pushes the memo's entry with an index of one byte.",
    'LONG_BINGET': "Pushes the memo's entry with an index of four bytes.",
    'PUT': "Stores the topmost object, which stays, in the memo under the decimal index on the line.",
    'BINPUT': "Stores the topmost object, which stays, in the memo under an index of one byte.",
    'LONG_BINPUT': "Stores the topmost object, which stays, in the memo under an index of four bytes.",
    'MEMOIZE': "Stores the topmost object, which stays, in the memo; the index is the number of entries the memo has.",
    'EXT1': "Pushes the global registered with copyreg under a code of one byte.",
    'EXT2': "Pushes the global registered with copyreg under a code of two bytes.",
    'EXT4': "Pushes the global registered with copyreg under a code of four bytes, which must be positive.",
    'GLOBAL': "Pushes the global whose module stands on the first line and whose name stands on the second. Loading it imports the module.",
    'STACK_GLOBAL': "Pops a name and its module and pushes that global; a dotted name leads into classes. Loading it imports the module.",
    'REDUCE': "Pops a tuple of arguments and a callable and pushes what the call returns.",
    'BUILD': "Pops a state and gives it to the object below, which stays: to its __setstate__, or into its __dict__ and slots.",
    'INST': "Pops everything above the topmost mark, and the mark, calls the class named on the two lines with it and pushes the instance.",
    'OBJ': "Pops everything above the topmost mark, and the mark; the first is a class, called with the rest. Pushes the instance.",
    'NEWOBJ': "Pops a tuple of arguments and a class and pushes cls.__new__(cls, *args).",
    'NEWOBJ_EX': "Pops a dict of keyword arguments, a tuple of arguments and a class and pushes cls.__new__(cls, *args, **kwargs).",
    'PROTO': "Tells the protocol. From protocol 2 on a pickle begins with it.",
    'STOP': "Ends the pickle; the topmost object is its value.",
    'FRAME': "Tells how many bytes the following frame has, so that they can be read at once. The machine itself ignores it.",
    'PERSID': "Pushes what the unpickler's persistent_load makes of the text on the line.",
    'BINPERSID': "Pops a persistent id and pushes what the unpickler's persistent_load makes of it.",
}

# The order of the constants in info.go, as (Go name, Python name).
STACK = [('StackInt', 'int'), ('StackIntOrBool', 'int_or_bool'), ('StackBool', 'bool'),
         ('StackFloat', 'float'), ('StackBytesOrStr', 'bytes_or_str'), ('StackBytes', 'bytes'),
         ('StackByteArray', 'bytearray'), ('StackStr', 'str'), ('StackNone', 'None'),
         ('StackTuple', 'tuple'), ('StackList', 'list'), ('StackDict', 'dict'), ('StackSet', 'set'),
         ('StackFrozenSet', 'frozenset'), ('StackBuffer', 'buffer'), ('StackAny', 'any'),
         ('StackMark', 'mark'), ('StackSlice', 'stackslice')]
ARGS = [('ArgUint1', 'uint1'), ('ArgUint2', 'uint2'), ('ArgInt4', 'int4'), ('ArgUint4', 'uint4'),
        ('ArgUint8', 'uint8'), ('ArgFloat8', 'float8'), ('ArgDecimalNLShort', 'decimalnl_short'),
        ('ArgDecimalNLLong', 'decimalnl_long'), ('ArgFloatNL', 'floatnl'),
        ('ArgStringNL', 'stringnl'), ('ArgStringNLNoEscape', 'stringnl_noescape'),
        ('ArgStringNLNoEscapePair', 'stringnl_noescape_pair'),
        ('ArgUnicodeStringNL', 'unicodestringnl'), ('ArgString1', 'string1'),
        ('ArgString4', 'string4'), ('ArgBytes1', 'bytes1'), ('ArgBytes4', 'bytes4'),
        ('ArgBytes8', 'bytes8'), ('ArgByteArray8', 'bytearray8'),
        ('ArgUnicodeString1', 'unicodestring1'), ('ArgUnicodeString4', 'unicodestring4'),
        ('ArgUnicodeString8', 'unicodestring8'), ('ArgLong1', 'long1'), ('ArgLong4', 'long4')]


def go_names():
    """Code -> Go constant, from opcode.go."""
    with open(os.path.join(HERE, 'opcode.go'), encoding='utf-8') as f:
        text = f.read()
    names = {}
    for name, char, hexa in re.findall(
            r"^\t(\w+)\s+Op = (?:'(.)'|0x([0-9a-f]{2}))$", text, re.M):
        names[ord(char) if char else int(hexa, 16)] = name
    return names


def quoted(s):
    return '"' + s.replace('\\', '\\\\').replace('"', '\\"') + '"'


def table():
    names = go_names()
    stack = {py: go for go, py in STACK}
    args = {py: go for go, py in ARGS}
    sizes = {op.arg.name: op.arg.n for op in pickletools.opcodes if op.arg}
    out = ['// Code generated by gen.py from CPython 3.11, Lib/pickletools.py. DO NOT EDIT.',
           '', 'package opcode', '', '// infos has a row for each of the 68 opcodes; the other rows are zero.',
           'var infos = [256]Info{']
    for op in pickletools.opcodes:
        go = names[ord(op.code)]
        fields = ['Name: ' + quoted(op.name), 'Code: ' + go, 'Protocol: %d' % op.proto]
        if op.arg:
            fields.append('Arg: ' + args[op.arg.name])
        for field, picture in ('Before', op.stack_before), ('After', op.stack_after):
            if picture:
                fields.append('%s: Stack{%s}' % (field, ', '.join(stack[o.name] for o in picture)))
        out.append('\t%s: {%s,' % (go, ', '.join(fields)))
        out.append('\t\tDoc: %s},' % quoted(DOCS[op.name]))
    out += ['}', '', '// order has the opcodes as pickletools lists them.',
            'var order = [%d]Op{' % len(pickletools.opcodes)]
    codes = [names[ord(op.code)] for op in pickletools.opcodes]
    for i in range(0, len(codes), 8):
        out.append('\t' + ', '.join(codes[i:i + 8]) + ',')
    out += ['}', '', 'var stackNames = [...]string{"none", ' + ', '.join(quoted(py) for _, py in STACK) + '}',
            '', 'var argNames = [...]string{"none", ' + ', '.join(quoted(py) for _, py in ARGS) + '}',
            '', 'var argSizes = [...]int8{0, ' + ', '.join(str(sizes[py]) for _, py in ARGS) + '}', '']
    return '\n'.join(out)


def main():
    assert set(DOCS) == {op.name for op in pickletools.opcodes}
    path, text = os.path.join(HERE, 'table.go'), table()
    if sys.argv[1:] == ['--check']:
        with open(path, encoding='utf-8') as f:
            sys.exit(f.read() != text)
    with open(path, 'w', encoding='utf-8', newline='\n') as f:
        f.write(text)


if __name__ == '__main__':
    main()
