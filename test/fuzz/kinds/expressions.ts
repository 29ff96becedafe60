import fc from 'fast-check';
import { FlowError } from '#src/errors/flow-error.js';
import { compileExpression, compileTemplate } from '#src/expressions/index.js';
import { realExpressions } from '../corpus.js';
import { expectFlowError } from '../faults.js';
import { expectThat, type Kind } from '../kind.js';
import { anyValue } from '../values.js';

const pieces = fc.constantFrom(
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '.',
    ',',
    '?',
    ':',
    '"',
    "'",
    '\\',
    'r"',
    'b"',
    '"""',
    '//',
    '\n',
    ' ',
    '.?',
    '[?0]',
    '&&',
    '||',
    '!',
    '-',
    '+',
    '*',
    '/',
    '%',
  ],
  ...[
    '==',
    '!=',
    '<',
    '<=',
    'in',
    'a',
    'b',
    'input',
    'nodes',
    'x',
    'true',
    'null',
    '0',
    '1',
    '2.5',
    '1e400',
    '0x',
    '3u',
    '"a"',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '.map(x, x)',
    '.map(__proto__, 1)',
    '.filter(x, x)',
    '.all(x, true)',
    '.exists(toString, 1)',
    '.sortBy(x, x)',
    'cel.bind(x, 1, x)',
    'has(a.b)',
    'size(',
    'dyn(',
    'type(',
  ],
  ...[
    '.matches("(a*)*b")',
    '.matches(a)',
    'lists.range(1000000)',
    '.flatten(9)',
    '.join()',
    '.split("")',
    '.replace("", a)',
    '.format([a, b])',
    'json.parse(',
    'json.stringify(',
    'timestamp(',
    'duration(',
  ],
  ...['\u0000', '\uD800', '😀', '\u2028', ';', '@', '`', '$', '#'],
);

const edited = fc
  .tuple(
    fc.constantFrom(...realExpressions),
    fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), fc.oneof(pieces, fc.constantFrom(...realExpressions))),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((changed, [at, cut, put]) => {
      const index = Math.floor(at * changed.length);
      return changed.slice(0, index) + put + changed.slice(index + cut);
    }, text),
  );

const nested = fc
  .tuple(
    fc.constantFrom('(', '[', '!', '-', '[1].map(x, ', '{"a": ', 'a.', 'a ? ', 'dyn(', 'a.?b', '1 + ', '"a" + ', 'a && ', '[0]'),
    fc.integer({ min: 1, max: 3_000 }),
    fc.constantFrom('1', 'a', 'input', ''),
  )
  .map(([piece, times, end]) => piece.repeat(times) + end);

const operators = ['+', '-', '*', '/', '%', '==', '!=', '<', '>=', 'in', '&&', '||'];
const methods = [
  'size',
  'contains',
  'startsWith',
  'matches',
  'charAt',
  'indexOf',
  'substring',
  'replace',
  'split',
  'join',
  'reverse',
  'format',
  'slice',
  'sort',
  'distinct',
  'flatten',
  'first',
  'sum',
  'orValue',
  'value',
  'getHours',
  'lowerAscii',
  'nope',
  'constructor',
  'toString',
  '__proto__',
];
const functions = [
  'size',
  'int',
  'double',
  'string',
  'bool',
  'bytes',
  'type',
  'dyn',
  'timestamp',
  'duration',
  'has',
  'sum',
  'json.parse',
  'json.stringify',
  'math.least',
  'math.round',
  'lists.range',
  'optional.of',
  'strings.quote',
];
const macros = ['map', 'filter', 'all', 'exists', 'exists_one', 'sortBy', 'optMap'];

/** Mostly well formed. */
const composed = fc.letrec<{ e: string }>((tie) => {
  const e = tie('e');
  const list = fc.array(e, { maxLength: 2 }).map((all) => all.join(', '));
  return {
    e: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        'a',
        'b',
        'x',
        'input',
        'nodes',
        '0',
        '1',
        '2.5',
        '"a"',
        'null',
        'true',
        '[]',
        '{}',
        'b"x"',
        '1e308',
        '"UTC"',
        '"%s"',
      ),
      fc.constantFrom(...realExpressions).map((real) => `(${real})`),
      fc.tuple(e, fc.constantFrom(...operators), e).map(([l, o, r]) => `(${l} ${o} ${r})`),
      fc
        .tuple(e, fc.constantFrom('.a', '.length', '.constructor', '.__proto__', '.?b', '[0]', '["k y"]', '[?1]'))
        .map(([l, r]) => l + r),
      fc.tuple(e, e, e).map(([c, l, r]) => `(${c} ? ${l} : ${r})`),
      fc.tuple(e, fc.constantFrom(...methods), list).map(([l, method, rest]) => `${l}.${method}(${rest})`),
      fc.tuple(fc.constantFrom(...functions), list).map(([name, rest]) => `${name}(${rest})`),
      fc.tuple(e, fc.constantFrom(...macros), e).map(([l, macro, body]) => `${l}.${macro}(x, ${body})`),
      fc.tuple(fc.constantFrom('a', '__proto__', 'k y'), e).map(([key, value]) => `{"${key}": ${value}}`),
      list.map((all) => `[${all}]`),
    ),
  };
}).e;

interface Case {
  readonly text: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly as: 'expression' | 'none' | 'path' | 'url';
}

/** Expressions and templates that were fine once, on any data. */
export const expressions: Kind<Case> = {
  name: 'expressions',
  share: 25,
  cases: fc.record({
    text: fc.oneof(
      { weight: 9, arbitrary: composed },
      { weight: 5, arbitrary: edited },
      { weight: 3, arbitrary: fc.array(pieces, { maxLength: 20 }).map((all) => all.join('')) },
      { weight: 1, arbitrary: nested },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    ),
    given: fc.dictionary(fc.constantFrom('a', 'b', 'input', 'nodes', 'x'), anyValue, { maxKeys: 4 }),
    as: fc.constantFrom('expression', 'expression', 'expression', 'none', 'path', 'url'),
  }),
  check({ text, given, as }) {
    const lookup = (name: string): unknown => (Object.hasOwn(given, name) ? given[name] : undefined);
    const written = as === 'expression' ? text : `${as === 'url' ? 'http://h/a/' : 'data/'}{{ ${text} }}/{{ a }}`;
    try {
      const compiled =
        as === 'expression'
          ? compileExpression(text, { maxSteps: 200_000 })
          : compileTemplate(
              { kind: 'template', guard: as, source: { text: written, file: '/f', marks: [{ index: 0, line: 1, column: 1 }] } },
              { maxSteps: 200_000 },
            );
      const result = compiled.evaluate(lookup);
      expectThat(!['function', 'symbol'].includes(typeof result), () => `gave a ${typeof result}`);
      if (as === 'path')
        expectThat(
          String(result).startsWith('data/') && !/(^|\/)\.\.(\/|$)/.test(String(result)),
          () => `the path ${String(result)} leaves`,
        );
      if (as === 'url')
        expectThat(
          new URL(String(result)).origin === 'http://h' && new URL(String(result)).pathname.startsWith('/a/'),
          () => `the URL ${String(result)} leaves`,
        );
      return 'value';
    } catch (error) {
      expectFlowError(error, written);
      expectThat(
        error instanceof FlowError && /^(FLOW_EXPRESSION_|PATH_UNSAFE|URL_UNSAFE)/.test(error.code),
        () => `code ${error.code}`,
      );
      return error.code;
    }
  },
};
