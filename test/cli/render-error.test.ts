import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { unpainted } from '#src/cli/paint.js';
import { renderError, renderInternalError } from '#src/cli/render-error.js';
import { renderFaultCount } from '#src/cli/render-faults.js';
import { describeError } from '#src/errors/describe-error.js';
import { FlowError, FlowValidationError } from '#src/errors/flow-error.js';
import type { FlowErrorDetails } from '../../src/errors/flow-error.js';

const file = '/flows/rank.xml';
const text = '<workflow name="rank">\n  <transform:module id="score" src="./score.js"/>\n</workflow>\n';
const rendering = { paint: unpainted, readSource: (name: string) => (name === file ? text : undefined), directory: '/flows' };
const show = (error: FlowError) => renderError(error, rendering);
const source = { file, line: 2, column: 3 };

/** Errors as they arrive from elsewhere: made here, their stacks would lead into this file, which is no file of FlowScript. */
function failure(code: string, message: string, details: FlowErrorDetails = {}): FlowError {
  return new FlowError(code, message, { stack: '', ...details });
}

function stackless(Kind: new (message: string) => Error, message: string): Error {
  return Object.assign(new Kind(message), { stack: '' });
}

describe('renderError', () => {
  it('shows no control characters, whatever a refused flow calls its nodes', () => {
    const nodeId = 'sc\u0092o\u001B[31mre';
    const error = failure('FLOW_ID_INVALID', 'no', { nodeId, source, errors: [failure('NO', 'no', { path: nodeId })] });
    expect(show(error)).not.toMatch(/[^\P{Cc}\n]/u);
    expect(show(failure('NO', 'no', { nodeId }))).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('says what, where, in which line, after how many attempts and what to do', () => {
    const error = failure('HTTP_STATUS', 'GET http://x answered 503', {
      source,
      nodeId: 'score',
      path: 'all[3]/score',
      attempt: 3,
      hint: 'Retry later.',
    });
    expect(show(error).split('\n')).toEqual([
      'error[HTTP_STATUS] GET http://x answered 503',
      '  at rank.xml:2:3 (all[3]/score)',
      '  1 | <workflow name="rank">',
      '  2 |   <transform:module id="score" src="./score.js"/>',
      '    |   ^',
      '  after 3 attempts',
      '  help: Retry later.',
    ]);
  });

  it.each<[string, FlowError, readonly string[]]>([
    ['a message alone', failure('POOL_CLOSED', 'closed'), ['error[POOL_CLOSED] closed']],
    ['a node without a place', failure('NODE_FAILED', 'x', { nodeId: 'a' }), ['error[NODE_FAILED] x', '  in a']],
    [
      'a file that cannot be read',
      failure('NODE_FAILED', 'x', { source: { ...source, file: '/other/f.xml' } }),
      ['error[NODE_FAILED] x', '  at /other/f.xml:2:3'],
    ],
    [
      'the beginning of a message of millions of characters',
      failure('NODE_FAILED', 'x'.repeat(5e6), { cause: stackless(Error, 'y'.repeat(5e6)) }),
      [
        `error[NODE_FAILED] ${'x'.repeat(10_000)}… (5000000 characters in all)`,
        `  caused by Error: ${'y'.repeat(9993)}… (5000007 characters in all)`,
      ],
    ],
    [
      'elements without an id by their names and lines',
      failure('NODE_FAILED', 'x', {
        path: 'all[1]/$fail-2',
        source: { ...source, file: '/other/f.xml' },
        errors: [failure('NO', 'y', { path: 'all[2]/$fail-12', source })],
      }),
      ['error[NODE_FAILED] x', '  at /other/f.xml:2:3 (all[1]/<fail>)', '  1 more failed:', '    [NO] all[2]/<fail> (line 2): y'],
    ],
    ['several lines and escapes', failure('NODE_FAILED', 'a\n\x1b[31mb'), ['error[NODE_FAILED] a', '  b']],
    [
      "the name of the user's error",
      failure('NODE_FAILED', 'x is not a function', { name: 'TypeError' }),
      ['error[NODE_FAILED] TypeError: x is not a function'],
    ],
  ])('shows %s', (_, error, lines) => {
    expect(show(error).split('\n')).toEqual(lines);
  });

  it('lists causes, one a line, not the error itself again, and stops in a ring', () => {
    const attempts = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}`));
    const refused = Object.assign(new AggregateError(attempts, ''), { code: 'ECONNREFUSED', stack: '' });
    const cause = Object.assign(stackless(TypeError, 'fetch failed'), { cause: refused });
    const again = Object.assign(stackless(Error, 'no answer'), { cause });
    expect(
      show(failure('HTTP_FAILED', 'no answer', { cause: again }))
        .split('\n')
        .slice(1),
    ).toEqual([
      '  caused by TypeError: fetch failed',
      '  caused by AggregateError [ECONNREFUSED]: connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
    ]);
    const quoted = failure('HTTP_FAILED', 'GET / got no answer: bad port.', { cause: stackless(Error, 'bad port') });
    expect(show(quoted).split('\n')).toHaveLength(1);
    const byChance = ['12 rows were refused', '1é was refused', '1_ was refused'];
    for (const end of [...byChance, '1', '1, then 2', '12, then: 1']) {
      const error = failure('NODE_FAILED', `batch failed: ${end}`, { cause: stackless(Error, '1') });
      expect(show(error).split('\n').slice(1)).toEqual(byChance.includes(end) ? ['  caused by Error: 1'] : []);
    }
    const ring = stackless(Error, 'ring');
    ring.cause = ring;
    expect(show(failure('NODE_FAILED', 'x', { cause: ring })).split('\n')).toHaveLength(2);
  });

  it("shows frames of the user's files and no others", () => {
    const own = fileURLToPath(new URL('../../dist/workers/task-worker.js', import.meta.url));
    const stack = [
      'RangeError: far',
      '    at check (/flows/lib/check.ts:3:9)',
      '    at async score (file:///flows/my%20score.js?v=2:12:5)',
      '    at file:///flows/top.js:1:1',
      '    at run (/flows/node_modules/lodash/index.js:1:1)',
      `    at execute (${own}:1:1)`,
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      '    at new Promise (<anonymous>)',
    ].join('\n');
    expect(
      show(failure('NODE_FAILED', 'far', { name: 'RangeError', stack }))
        .split('\n')
        .slice(1),
    ).toEqual(['    at check (lib/check.ts:3:9)', '    at score (my score.js:12:5)', '    at top.js:1:1']);
  });

  it('shows the calls of an error above its cause, and each call once', () => {
    const stack = (...calls: string[]) => ['Error', ...calls.map((call) => `    at ${call}`)].join('\n');
    const outermost = 'run (/flows/run.js:9:1)';
    const root = Object.assign(new RangeError('root'), { stack: stack('parse (/flows/parse.js:1:1)', outermost) });
    const same = Object.assign(new Error('outer', { cause: root }), { stack: stack('check (/flows/check.js:5:1)', outermost) });
    const error = failure('NODE_FAILED', 'outer', { cause: same, stack: stack('check (/flows/check.js:5:1)', outermost) });
    expect(show(error).split('\n').slice(1)).toEqual([
      '    at check (check.js:5:1)',
      '    at run (run.js:9:1)',
      '  caused by RangeError: root',
      '    at parse (parse.js:1:1)',
    ]);
  });

  it('shows no frames for what FlowScript itself refuses', () => {
    const own = fileURLToPath(new URL('../../dist/src/parser/read-xml.js', import.meta.url));
    const error = failure('FLOW_XML_MALFORMED', 'x', { stack: `FlowError: x\n    at readXml (${own}:1:1)` });
    expect(show(error)).toBe('error[FLOW_XML_MALFORMED] x');
  });

  it('names five more failures of the block and counts the others', () => {
    const errors = Array.from({ length: 7 }, (_, index) =>
      failure('NODE_FAILED', `bad ${index}\nmore`, { path: `all[${index}]/score` }),
    );
    const lines = show(failure('NODE_FAILED', 'first', { errors })).split('\n');
    expect(lines[1]).toBe('  7 more failed:');
    expect(lines[2]).toBe('    [NODE_FAILED] all[0]/score: bad 0');
    expect(lines.at(-1)).toBe('    and 2 more');
    expect(lines).toHaveLength(8);
  });
});

describe('renderInternalError', () => {
  it('shows the stack and asks for a report', () => {
    const rendered = renderInternalError(new TypeError('oops'), unpainted);
    expect(rendered).toMatch(/^internal error TypeError: oops\n\s+at .*render-error\.test/);
    expect(rendered).toContain('Please report it');
  });

  it('takes what is no error', () => {
    expect(renderInternalError('text', unpainted)).toMatch(/^internal error text\n/);
  });
});

describe('renderFaultCount', () => {
  it.each<[readonly number[], string]>([
    [[0], 'The flow is valid'],
    [[0, 0], '2 flows are valid'],
    [[1], '1 fault in the flow'],
    [[2, 0, 1], '3 faults in 2 of 3 flows'],
  ])('%j gives %s', (counts, line) => {
    expect(renderFaultCount(counts, unpainted)).toBe(line);
  });
});

describe('describeError', () => {
  it('keeps everything a machine may ask for, and leaves out what is absent', () => {
    const inner = new FlowError('NODE_FAILED', 'inner', { path: 'a[1]/b' });
    const error = new FlowError('HTTP_STATUS', 'm', {
      source,
      nodeId: 'n',
      path: 'p',
      hint: 'h',
      attempt: 2,
      cause: new RangeError('why'),
      errors: [inner],
      fields: { status: 503 },
    });
    expect(JSON.parse(JSON.stringify(describeError(error)))).toEqual({
      code: 'HTTP_STATUS',
      name: 'FlowError',
      message: 'm',
      nodeId: 'n',
      path: 'p',
      source,
      attempt: 2,
      hint: 'h',
      fields: { status: 503 },
      errors: [{ code: 'NODE_FAILED', name: 'FlowError', message: 'inner', path: 'a[1]/b' }],
      cause: { name: 'RangeError', message: 'why' },
    });
  });

  it('lists the faults of an invalid flow, and ends in a ring of causes', () => {
    const faults = [new FlowError('FLOW_CYCLE', 'a waits for a')];
    expect(describeError(new FlowValidationError(file, faults))).toMatchObject({
      code: 'FLOW_INVALID',
      faults: [{ code: 'FLOW_CYCLE' }],
    });
    const ring = new Error('ring');
    ring.cause = ring;
    expect(JSON.stringify(describeError(ring)).match(/ring/g)).toHaveLength(11);
  });

  it('cuts what user code made longer than anybody reads, and says so', () => {
    const long = 'x'.repeat(20_000);
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`more${index}`, index]));
    const fields = { text: long, rows: [long], near: [1, 2], ...many };
    const { hint, fields: shown } = describeError(new FlowError('X', 'm', { hint: long, fields })) as Record<
      'hint' | 'fields',
      unknown
    >;
    const start = `${'x'.repeat(10_000)}… (20000 characters in all)`;
    expect(hint).toBe(start);
    expect(shown).toMatchObject({ text: start, near: [1, 2], more0: 0, '…': '53 more fields' });
    expect(shown).toMatchObject({ rows: { $type: 'Cut', characters: 20_004, start: `["${'x'.repeat(998)}` } });
  });

  it('takes what is no error', () => {
    expect(describeError('thrown text')).toEqual({ message: 'thrown text' });
  });
});
