"""Answers the tests: JSON requests on each line, as many replies on each line.

Request: call ("dis", "genops", "optimize"), data (base64), and for dis annotate,
indentlevel and before (base64 of pickles that share the memo and come first).
Reply: out (text, or base64 for optimize), kind and message of the exception.
The first line is the version of Python.
"""

import base64
import io
import json
import pickletools
import sys
import warnings

warnings.simplefilter('ignore')     # codecs.escape_decode has things to say


def shown(arg):
    try:
        return repr(arg)
    except ValueError:              # more digits than Python cares to print
        return '?'


def answer(q):
    data = base64.b64decode(q['data'])
    out = io.StringIO()
    kind = message = ''
    try:
        if q['call'] == 'dis':
            memo = {}
            for b in q.get('before') or ():
                pickletools.dis(base64.b64decode(b), io.StringIO(), memo)
            pickletools.dis(data, out, memo, annotate=q.get('annotate', 0),
                            indentlevel=q.get('indentlevel', 4))
        elif q['call'] == 'genops':
            for op, arg, pos in pickletools.genops(data):
                out.write('%d %s %s %s\n' % (pos, op.name, type(arg).__name__, shown(arg)))
        else:
            out.write(base64.b64encode(pickletools.optimize(data)).decode())
    except Exception as e:
        kind, message = type(e).__name__, str(e)
    return {'out': out.getvalue(), 'kind': kind, 'message': message}


print('%d.%d' % sys.version_info[:2], flush=True)
for line in sys.stdin:
    print(json.dumps([answer(q) for q in json.loads(line)]), flush=True)
