"""Chooses the selection of the recorded corpora that the repository carries.

    python3 select.py ../../shared/corpus

writes cpython.jsonl.gz and ecosystem.jsonl.gz beside this file: small pickles first, each
taken if it adds something that none taken before has: an opcode, an error message, a kind of
error at an opcode, a writer, a test suite, a library with a protocol, and combinations of
these. The forms are those of the corpora's own READMEs; a row of ecosystem.jsonl.gz also has
the file ("bytes", base64) and the description of its value ("value").
"""

import base64
import gzip
import io
import json
import os
import pickletools
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {'pickle', 'pickle-stream', 'pickle-oob', 'pickle-then-terminator', 'frame-u32be', 'frame-i32be',
         'django-filebased', 'zlib-pickle', 'base64-pickle', 'bang-pickle', 'celery-json', 'compressed-pickle'}


def opcodes(data):
    names = []
    try:
        for op, _, _ in pickletools.genops(data):
            names.append(op.name)
    except Exception:
        pass
    return names


def features(name, e):
    data = base64.b64decode(e['data'])
    ops = opcodes(data)
    kind, message = e['raw']
    message = re.sub(r'[0-9]+|\'.*\'|".*"', '#', message)
    writer = name, e.get('by'), e.get('writer')
    yield 'error', kind, message
    yield 'writer', writer, e.get('protocol')
    yield 'test', e['test'], e.get('protocol')
    yield 'options', e.get('encoding'), e.get('errors'), e.get('fix_imports'), e.get('persistent'), kind
    for key in 'extensions', 'buffers', 'not_exact':
        yield key, json.dumps(e.get(key))
    yield 'shape', re.sub(r'([a-z]+)(,\1)+', r'\1', ','.join(re.findall(r'\["([a-z_]+)"', json.dumps(e.get('desc')))[:8]))
    for op in ops:
        yield 'op', op, e.get('protocol'), kind
        if e.get('exact'):
            yield 'exact', op, e['protocol'], name
    if kind != 'ok' and ops:
        yield 'fails after', ops[-1], kind, message
    for pair in zip(ops, ops[1:]):
        yield 'pair', pair


def choose(rows, features, limit):
    """Rows in their own order, taken small ones first for what they add."""
    seen, taken, size = set(), [], 0
    for n, i in sorted((len(json.dumps(r)), i) for i, r in enumerate(rows)):
        new = set(features(rows[i])) - seen
        if new and n < limit:
            seen |= new
            taken.append(i)
            size += n
    return [rows[i] for i in sorted(taken)]


def write(name, rows):
    raw = io.BytesIO()
    with gzip.GzipFile('', 'wb', 9, raw, mtime=0) as f:
        for r in rows:
            f.write(json.dumps(r, sort_keys=True, separators=(',', ':')).encode() + b'\n')
    with open(os.path.join(HERE, name), 'wb') as f:
        f.write(raw.getvalue())
    print('%s: %d rows, %d bytes' % (name, len(rows), len(raw.getvalue())))


def cpython(folder):
    rows = []
    for name in sorted(os.listdir(folder)):
        if name.endswith('.jsonl.gz'):
            with gzip.open(os.path.join(folder, name), 'rt', encoding='utf-8') as f:
                rows += [(name, json.loads(line)) for line in f]
    return [e for _, e in choose(rows, lambda r: features(*r), 20000)]


def of_file(row):
    yield 'kind', row['kind'], row.get('compress'), row.get('protocol')
    yield 'case', row['case']
    yield 'env', row['env'], row.get('protocol'), row['case'].split('/')[0]
    for op in row.get('opcodes', []):
        yield 'op', op, row['env']
    for g in row.get('globals', []):
        yield 'global', g
    if row['case'] in ('stdlib/functions', 'stdlib/list-1001', 'stdlib/getnewargs-ex'):
        yield 'style', row['path']      # newer versions write these in their own way


def ecosystem(folder):
    rows = []
    with open(os.path.join(folder, 'manifest.jsonl')) as f:
        for line in f:
            row = json.loads(line)
            if row['kind'] not in KINDS:
                continue
            with open(os.path.join(folder, row['path']), 'rb') as g:
                row['bytes'] = base64.b64encode(g.read()).decode()
            with open(os.path.join(folder, row['expected'])) as g:
                row['value'] = json.load(g)
            rows.append(row)
    return choose(rows, of_file, 60000)


if __name__ == '__main__':
    write('cpython.jsonl.gz', cpython(os.path.join(sys.argv[1], 'cpython')))
    write('ecosystem.jsonl.gz', ecosystem(os.path.join(sys.argv[1], 'ecosystem')))
