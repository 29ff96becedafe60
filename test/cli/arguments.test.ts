import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '#src/cli/exit-code.js';
import { parseAssignments } from '#src/cli/parse-assignments.js';
import { readInput } from '#src/cli/read-input.js';
import { readSecrets } from '#src/cli/read-secrets.js';
import { splitResume } from '#src/cli/split-resume.js';
import { suggestDashes, suggestVerb } from '#src/cli/suggest-verb.js';
import { FlowError } from '#src/errors/flow-error.js';
import { formatDuration, formatSeconds } from '#src/errors/format-duration.js';
import { createEngine, parseWorkflow } from '#src/index.js';

const at = { file: 'f.xml', line: 1, column: 1 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowscript-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('--set', () => {
  const param = (name: string, type: 'string' | 'number' | 'boolean' | 'json') => ({
    name,
    type,
    default: undefined,
    description: undefined,
    at,
  });
  const params = [param('top', 'number'), param('title', 'string'), param('dry', 'boolean'), param('tags', 'json')];

  it('gives each value the type its param declares; the last of a name counts; only the first = separates', () => {
    const given = ['top=1', 'top=-2.5e1', 'title=a=b', 'dry=true', 'tags=["x"]'];
    expect(parseAssignments(given, params)).toEqual({ top: -25, title: 'a=b', dry: true, tags: ['x'] });
    expect(parseAssignments(['title='], params)).toEqual({ title: '' });
  });

  it.each([
    ['top', /expects name=value, got "top"/, /--set top=…/],
    ['=5', /expects name=value, got "=5"/, /--set name=5/],
    ['topp=5', /no config "topp"/, /Did you mean "top"\?/],
    ['colour=red', /no config "colour"/, /top, title, dry, tags/],
    ['top=many', /top expects a number, got "many"/, undefined],
    ['top=', /top expects a number, got ""/, undefined],
    ['dry=yes', /dry expects true or false, got "yes"/, undefined],
    ['tags=[1,]', /tags expects JSON: .* \(character 4\)/, /single quotes/],
  ])('refuses %s', (assignment, message, hint) => {
    expect(() => parseAssignments([assignment], params)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message),
        ...(hint && { hint: expect.stringMatching(hint) }),
      }),
    );
  });

  it('tells of every slip at once', () => {
    const given = ['top=many', 'dry=true', 'colour=red', 'title'];
    const errors = ['colour', 'title'].map((name) => ({ message: expect.stringContaining(`"${name}"`) }));
    expect(() => parseAssignments(given, params)).toThrow(
      expect.objectContaining({
        message: '--set top expects a number, got "many"',
        errors: errors.map((error) => expect.objectContaining(error)),
      }),
    );
  });

  it('tells how to declare a config where there is none', () => {
    expect(() => parseAssignments(['n=1'], [])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('<param name="n"') }),
    );
  });
});

describe('--input', () => {
  it('takes JSON and the JSON in a file', async () => {
    await writeFile(join(folder, 'in.json'), '\uFEFF{"a": [1]}');
    expect(await readInput('{"a": 1}')).toEqual({ a: 1 });
    expect(await readInput(`@${join(folder, 'in.json')}`)).toEqual({ a: [1] });
  });

  it.each([
    [
      '[12345678901234567890]',
      /--input is not usable JSON: 12345678901234567890 has more digits .*\(line 1, column 2\)/,
      /double quotes/,
    ],
    ['{a: 1}', /--input is not JSON: expected a name in double quotes or \}, got "a: 1\}" \(line 1, column 2\)/, /single quotes/],
    ['{"a":\n 1,}', /\(line 2, column 4\)/, /single quotes/],
    ['hello', /\(line 1, column 1\)/, /'"hello"', for a file @hello/],
    ['', /expected a value, got the end of the text/, /single quotes/],
    ['@missing.json', /The input file missing\.json cannot be read/, /path/],
  ])('refuses %j and says where', async (argument, message, hint) => {
    await expect(readInput(argument)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});

describe('secrets', () => {
  const declared = ['TOKEN', 'QUOTED', 'FROM_ENV', 'ABSENT'].map((name) => ({ name, at }));

  it('come from the dotenv file, then from the environment; undeclared ones are not taken', async () => {
    const file = join(folder, '.env');
    await writeFile(file, '# comment\nexport TOKEN=abc # more\nQUOTED="two words"\nOTHER=x\n');
    const env = { TOKEN: 'older', FROM_ENV: 'e', OTHER: 'y' };
    expect(await readSecrets(declared, file, env)).toEqual({ TOKEN: 'abc', QUOTED: 'two words', FROM_ENV: 'e' });
    expect(await readSecrets(declared, undefined, env)).toEqual({ TOKEN: 'older', FROM_ENV: 'e' });
  });

  it.each([
    [
      'comments, empty lines and exports, however indented',
      '\n \t\n  # A=1\n\tTOKEN=t\r\nexport  QUOTED=q\n',
      { TOKEN: 't', QUOTED: 'q' },
    ],
    ['a value of several lines', 'TOKEN="a=\n  b" # tail\nQUOTED=q', { TOKEN: 'a=\n  b', QUOTED: 'q' }],
    ['the last of a name, which may be empty', 'TOKEN=a\nTOKEN=', { TOKEN: '' }],
  ])('are read from a file with %s', async (_what, text, expected) => {
    const file = join(folder, 'some.env');
    await writeFile(file, text);
    expect(await readSecrets(declared, file, { TOKEN: 'not this' })).toEqual(expected);
  });

  it.each([
    ['TOKEN=a\nhush hush\nQUOTED=b\nhush', ':2: expected NAME=value, but there is no = (and 1 more line at fault)'],
    ['hush hush=1', ':1: what stands before the = is no name'],
    ['=hush', ':1: what stands before the = is no name'],
    ['\nTOKEN="hush\nA=1', ':2: the quote that begins the value is never closed'],
    ['TOKEN=a\nhushhush="x\n', ':2: the quote that begins the value is never closed'],
    ['TOKEN="a" hush', ':1: text stands behind the quote that ends the value'],
    ["\nTOKEN='abc\nQUOTED=it's\nA=1", ':3: text stands behind the quote that ends the value, which begins in line 2'],
  ])('are not taken from a file that is none: %j', async (text, message) => {
    const file = join(folder, 'bad.env');
    await writeFile(file, text);
    const error = await readSecrets(declared, file, {}).catch((thrown: FlowError) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: file + message, source: undefined, hint: expect.any(String) });
    expect(JSON.stringify(error)).not.toContain('hush');
  });

  it('refuse a file that is not there', async () => {
    await expect(readSecrets([], join(folder, 'none'), {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('--resume', () => {
  it.each<[string | undefined, string | true | undefined, string | undefined, string | true | undefined]>([
    ['a.xml', undefined, 'a.xml', undefined],
    ['a.xml', true, 'a.xml', true],
    ['a.xml', '1f0c', 'a.xml', '1f0c'],
    [undefined, 'a.xml', 'a.xml', true],
    ['1f0c', 'a.xml', 'a.xml', '1f0c'],
    [undefined, 'package.json', 'package.json', true],
    [undefined, undefined, undefined, undefined],
  ])('of the words %j and --resume %j the flow is %j, the run %j', async (word, value, flow, resume) => {
    expect(await splitResume(word, value)).toEqual({ flow, resume });
  });

  it('takes a word for the id of a run where that flow has such a run, though a file is called so, too', async () => {
    const flow = join(folder, 'resumed.xml');
    const engine = createEngine({ mode: 'async' });
    const text = '<workflow name="resumed"><source:value id="one" value="1"/></workflow>';
    const { runId } = await engine.run(parseWorkflow(text, { file: flow }), { record: true });
    await engine.close();
    await writeFile(join(folder, 'other'), '');
    const former = process.cwd();
    process.chdir(folder);
    try {
      for (const id of [runId, 'last']) {
        await writeFile(id, '');
        expect(await splitResume(flow, id)).toEqual({ flow, resume: id });
        expect(await splitResume(id, flow)).toEqual({ flow, resume: id });
      }
      await expect(splitResume(flow, 'other')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      await expect(splitResume(flow, runId, 'elsewhere')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    } finally {
      process.chdir(former);
    }
  });
});

describe('suggestDashes', () => {
  const long = ['--mode', '--set', '--json'];
  it.each<[readonly string[], string | undefined]>([
    [['run', 'f.xml', '-mode', 'auto'], '--mode'],
    [['run', 'f.xml', '-set=a=1'], '--set=a=1'],
    [['run', 'f.xml', '-m', 'auto', '-s', 'mode=-1'], undefined],
    [['run', 'f.xml', '--mode', 'auto'], undefined],
  ])('%j', (args, expected) => {
    expect(suggestDashes(args, long)?.hint).toEqual(expected && expect.stringContaining(`Did you mean ${expected}?`));
  });
});

describe('suggestVerb', () => {
  const verbs = ['run', 'plan'];
  it.each<[readonly string[], RegExp | undefined]>([
    [['flow.xml', '--json'], /flowscript run flow\.xml --json/],
    [['flows/rank'], /flowscript run flows\/rank/],
    [['run', 'flow.xml'], undefined],
    [['rnu'], undefined],
    [['--version'], undefined],
    [[], undefined],
  ])('%j', (args, expected) => {
    const suggestion = suggestVerb(args, verbs);
    if (expected === undefined) expect(suggestion).toBeUndefined();
    else expect(suggestion?.hint).toMatch(expected);
  });
});

describe('durations', () => {
  it.each([
    [0, '0ms', '0s'],
    [999.4, '999ms', '1s'],
    [999.6, '1.0s', '1s'],
    [4200, '4.2s', '4s'],
    [59_960, '1m00s', '1m00s'],
    [125_000, '2m05s', '2m05s'],
    [3_720_000, '1h02m', '1h02m'],
    [-5, '0ms', '0s'],
  ])('%d ms', (ms, fine, coarse) => {
    expect(formatDuration(ms)).toBe(fine);
    expect(formatSeconds(ms)).toBe(coarse);
  });
});

describe('exitCodeOf', () => {
  it.each([
    [new FlowError('SECRET_MISSING', ''), 2],
    [new FlowError('FLOW_CYCLE', ''), 2],
    [new FlowError('WORKER_FAILED', ''), 1],
    [new TypeError(''), 1],
  ])('%s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
