// Records what a Python in WebAssembly pickles, for versions that are not installed where
// the tests run:
//
//	npm install pyodide@315.0.0-alpha.2
//	go test ./stdlib -run TestRecorded -expressions /tmp/expressions.json
//	node stdlib/testdata/record.mjs ./node_modules/pyodide /tmp/expressions.json >> lines
//	gzip -9n < lines > stdlib/testdata/recorded.jsonl.gz
import fs from 'fs';
import path from 'path';
import { pathToFileURL } from 'url';

const program = `
import base64, copyreg, json, pickle, sys
request = json.loads(REQUEST)
lines = []
for group in request:
    scope = {'C': lambda f: f()}
    exec(group['setup'], scope)
    for expression in group['expressions']:
        answer = {'minor': sys.version_info[1], 'expression': expression, 'data': []}
        try:
            value = eval(expression, scope)
            answer['repr'] = repr(value)
            for protocol in range(6):
                answer['data'].append(base64.b64encode(pickle.dumps(value, protocol)).decode())
        except Exception as e:
            continue
        # Errors have other numbers there, and the file should stay small.
        if 'OSError(17' not in expression and sum(map(len, answer['data'])) < 16000:
            lines.append(json.dumps(answer))
'\\n'.join(lines)
`;
const { loadPyodide } = await import(pathToFileURL(path.resolve(process.argv[2], 'pyodide.mjs')));
const python = await loadPyodide();
python.globals.set('REQUEST', fs.readFileSync(process.argv[3], 'utf8'));
console.log(await python.runPythonAsync(program));
process.exit(0);
