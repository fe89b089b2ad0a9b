"""Answers questions about Python's text forms, one a line.

A question is a verb and arguments, all in hexadecimal and separated by spaces;
an answer is "ok" and the result or "err", the exception's class and its text,
again in hexadecimal.
"""

import codecs
import pickle
import struct
import sys
import warnings

warnings.simplefilter('ignore')


def text(b):
    return b.decode('utf-8', 'surrogatepass')


def raw(s):
    return s.encode('utf-8', 'surrogatepass')


def op_int(line):
    v = pickle.loads(b'I' + line + b'\n.')
    return b'%s %s' % (type(v).__name__.encode(), hex(v).encode())


def op_long(line):
    return hex(pickle.loads(b'L' + line + b'\n.')).encode()


def op_index(line):
    try:
        pickle.loads(b'g' + line + b'\n.')
    except pickle.UnpicklingError as e:
        prefix = 'Memo value not found at index '
        if not str(e).startswith(prefix):
            raise
        return str(e)[len(prefix):].encode()
    raise AssertionError


def op_float(line):
    return struct.pack('>d', pickle.loads(b'F' + line + b'\n.'))


def op_unicode(line):
    if b'\n' in line:
        return raw(line.decode('raw-unicode-escape'))
    return raw(pickle.loads(b'V' + line + b'\n.'))


def op_binunicode(b):
    return raw(pickle.loads(b'X' + struct.pack('<I', len(b)) + b + b'.'))


def op_string(b):
    return codecs.escape_decode(b)[0]


def op_dumpunicode(s):
    b = pickle.dumps(text(s), 0)
    return b[1:b.index(b'\n')]


def op_reprstr(s):
    return raw(repr(text(s)))


def op_reprbytes(b):
    return repr(b).encode()


def op_reprfloat(b):
    return repr(struct.unpack('>d', b)[0]).encode()


def op_printable(b):
    """Which code points from ... to ... are printable, a bit string."""
    first, last = struct.unpack('>II', b)
    return b''.join(b'1' if chr(c).isprintable() else b'0'
                    for c in range(first, last))


def op_decode(encoding, errors, b):
    return raw(str(b, encoding.decode(), errors.decode()))


def op_pairs(encoding, prefix):
    """What every pair of bytes behind a prefix is, with LFs between."""
    e = encoding.decode()
    return raw('\n'.join(
        str(prefix + bytes([a, b]), e, 'backslashreplace')
        for a in range(256) for b in range(256)))


def op_encode(encoding, s):
    return text(s).encode(encoding.decode())


def op_codec(name):
    info = codecs.lookup(text(name))
    if not info._is_text_encoding:
        raise LookupError('not text')
    return info.name.encode()


for line in sys.stdin:
    verb, *args = line.split(' ')
    args = [bytes.fromhex(a) for a in args]
    try:
        answer = 'ok ' + globals()['op_' + verb](*args).hex()
    except Exception as e:
        answer = 'err %s %s' % (type(e).__name__, raw(str(e)).hex())
    print(answer)
