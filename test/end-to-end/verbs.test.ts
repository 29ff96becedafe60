import { execFileSync, spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, mainFile, type Project, runCommand } from './command.js';
import { sourcesOf } from './shipped.js';

const files = {
  'good.xml':
    '<workflow name="good" version="1.0.0">\n  <source:value id="a" value="1"/>\n  <transform:select id="b" input="a.output">input + 1</transform:select>\n</workflow>\n',
  'bad.xml':
    '<workflow name="bad" version="1.0.0">\n  <source:valeu id="a" value="1"/>\n  <transform:select id="b" inptu="1">input</transform:select>\n</workflow>\n',
  'torn.xml': '<workflow name="torn">\n  <source:value id="a"\n',
  'modules.xml':
    '<workflow name="modules">\n  <transform:module id="a" src="./score.js"/>\n  <transform:module id="b" src="./scor.js"/>\n  <transform:module id="d" src="data.bin"/>\n  <output value="c.output"/>\n</workflow>\n',
  'given.xml':
    '<workflow name="given"><config><param name="top" type="number"/><param name="out" type="string"/></config><secrets><secret name="NO_SUCH_TOKEN"/></secrets><fail/></workflow>',
  'options.xml': '<workflow name="options">\n  <transform:module id="a" src="./score.js" exprot="x"/>\n</workflow>\n',
  'tried.test.xml': '<tests/>',
  'folder/inner.test.xml': '<tests/>',
  'score.js': 'export default (input) => input;\n',
  'folder/inner.xml': '<workflow name="inner"/>',
  'imported/README.md': '',
};

let project: Project;
const flowscript = (...args: readonly string[]) => runCommand(args, { cwd: project.folder });

beforeAll(async () => {
  project = await createProject(files);
  execFileSync('mkfifo', [join(project.folder, 'pipe')]);
  await writeFile(join(project.folder, 'data.bin'), new Uint8Array([127, 69, 76, 70, 0, 255]));
});
afterAll(() => project.remove());

describe('validate', () => {
  it('shows every fault of every file with place, line and help', async () => {
    const { code, stdout, stderr } = await flowscript('validate', 'good.xml', 'bad.xml', 'torn.xml', 'none.xml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('bad.xml:2:3');
    expect(stderr).toContain('2 |   <source:valeu id="a" value="1"/>');
    expect(stderr).toMatch(/help: .*source:value/);
    expect(stderr).toMatch(/bad\.xml:3:\d+/);
    expect(stderr).toMatch(/torn\.xml:\d+:\d+/);
    expect(stderr).toContain('There is no file none.xml');
    expect(stderr).toMatch(/\d+ faults in 3 of 4 flows\n$/);
  });

  it('looks for the modules that a flow names', async () => {
    const { code, stderr } = await flowscript('validate', 'modules.xml');
    expect(code).toBe(2);
    expect(stderr).toContain('error[MODULE_NOT_FOUND] There is no file "./scor.js"');
    expect(stderr).toContain('modules.xml:3:3 (b)');
    expect(stderr).toContain('Did you mean "score.js"?');
    expect(stderr).toContain('error[MODULE_INVALID] "data.bin" is no JavaScript or TypeScript.');
    expect(stderr).toContain('modules.xml:5:');
    expect(stderr).toMatch(/\n3 faults in the flow\n$/);
  });

  it.each([
    [
      'validate',
      /^warning\[FLOW_SETTING_UNKNOWN\] "exprot" is no setting.*\n.*options\.xml:2:45 \(a\)\n(.*\n)+ {2}help: .*"export"/,
    ],
    ['run', /^warning: options\.xml:2:45: "exprot" is no setting.*"export"/],
    ['plan', /^warning: options\.xml:2:45: "exprot" is no setting.*"export"/],
  ])('%s warns of an option that is probably a setting', async (verb, warning) => {
    const { code, stderr } = await flowscript(verb, 'options.xml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(warning) });
  });

  it('says that a flow is valid', async () => {
    expect(await flowscript('validate', 'good.xml')).toEqual({ code: 0, stdout: '', stderr: 'The flow is valid\n' });
  });

  it.each([
    ['latin1.xml', Buffer.from('<workflow name="caf\u00e9"/>', 'latin1'), 'bytes that mean nothing in UTF-8'],
    ['utf16.xml', Buffer.from('\ufeff<workflow name="w"/>', 'utf16le'), 'it is UTF-16'],
  ])('says that %s is no UTF-8', async (name, bytes, reason) => {
    await writeFile(join(project.folder, name), bytes);
    const { code, stderr } = await flowscript('validate', name);
    expect(code).toBe(2);
    expect(stderr).toContain('error[FLOW_XML_MALFORMED]');
    expect(stderr).toContain(reason);
    expect(stderr).toContain('help: Save it as UTF-8.');
  });

  it('shows the first 20 faults and counts the rest', async () => {
    const nodes = Array.from(
      { length: 25 },
      (_, index) => `<transform:select id="n${index}">nowhere${index}.output</transform:select>`,
    );
    await writeFile(join(project.folder, 'many.xml'), `<workflow name="many">${nodes.join('\n')}</workflow>`);
    const { stderr } = await flowscript('validate', 'many.xml');
    expect(stderr.match(/^error\[/gm)).toHaveLength(20);
    expect(stderr).toContain('and 5 more (flowscript validate --json lists all)');
    expect(stderr).toMatch(/25 faults in the flow\n$/);
  });

  it.each([
    ['process.exit(0);', 'ended the process with exit code 0'],
    ['await new Promise(() => {});', 'waits for what never comes'],
    [
      'Promise.reject(new Error("unseen")); await new Promise(() => {});',
      /failed outside of any call at \S+odd\.mjs:1:16: unseen/,
    ],
    [
      'Promise.reject(new Error("unseen\\n    at file:///a%2Fb.js:1:1")); await new Promise(() => {});',
      /failed outside of any call at \S+odd\.mjs:1:16: unseen/,
    ],
    ['throw { toString() { throw 1; } };', 'Cannot load plugin ./odd.mjs: an object was thrown'],
    ['export default () => { throw Object.assign(new Error("x"), { stack: 5 }); };', 'cannot register its node types: x'],
  ])('tells of a plugin that says %s in one error', async (source, why) => {
    await project.write({ 'odd.mjs': source });
    const { code, stderr } = await flowscript('validate', 'good.xml', '--plugin', './odd.mjs');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(why) });
    expect(stderr).toMatch(/^error\[MODULE_INVALID\] .*\n(?:.*\n)* {2}help: /);
    expect(stderr).not.toMatch(/error\[.*error\[|node:internal|\/lib\/|Warning/s);
  });

  it('names the line of a syntax error in a plugin', async () => {
    await writeFile(join(project.folder, 'broken.mjs'), 'const a = 1;\nconst b = = 2;\n');
    const { code, stderr } = await flowscript('validate', 'good.xml', '--plugin', './broken.mjs');
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken\.mjs:2:\d+: /);
    expect(stderr).toContain('help: Correct the syntax.');
  });

  it('speaks JSON', async () => {
    const { code, stdout } = await flowscript('validate', 'bad.xml', 'good.xml', '--json');
    const report = JSON.parse(stdout);
    expect(code).toBe(2);
    expect(report.valid).toBe(false);
    expect(report.files[0].faults[0]).toMatchObject({ code: 'FLOW_ELEMENT_UNKNOWN', source: { line: 2, column: 3 } });
    expect(report.files[1]).toEqual({ file: 'good.xml', faults: [] });
  });
});

describe('plan', () => {
  it.each([
    ['text', /^2 nodes in 2 waves\n/],
    ['json', /^\{\n {2}"waves"/],
    ['mermaid', /^flowchart LR\n/],
    ['dot', /^digraph \{\n/],
  ])('shows a flow as %s', async (format, start) => {
    const { code, stdout } = await flowscript('plan', 'good.xml', '--format', format);
    expect(code).toBe(0);
    expect(stdout).toMatch(start);
  });

  it.each([
    [
      'characters',
      `<parallel id="p">${'<branch><fail id="#" message="no"/></branch>'.repeat(1_500)}</parallel>`,
      /"maxTextSize":\d{5,},"maxEdges":500\}/,
    ],
    ['arrows', '<transform:sort id="#" input="a.output"/>'.repeat(501), /"maxTextSize":50000,"maxEdges":501\}/],
  ])('warns that a diagram has more %s than Mermaid draws by default, and says the cure', async (_what, body, needed) => {
    let count = 0;
    const nodes = body.replaceAll('#', () => `n${++count}`);
    await project.write({ 'wide.xml': `<workflow name="wide"><source:value id="a" value="[]"/>${nodes}</workflow>` });
    const { code, stdout, stderr } = await flowscript('plan', 'wide.xml', '--format', 'mermaid');
    expect([code, stdout.startsWith('flowchart LR\n')]).toEqual([0, true]);
    expect(stderr).toMatch(needed);
    expect((await flowscript('plan', 'wide.xml', '--format', 'dot')).stderr).toBe('');
    expect((await flowscript('plan', 'good.xml', '--format', 'mermaid')).stderr).toBe('');
  });

  it('says what nodes cost: by what the last run measured, as soon as there was one', async () => {
    const state = ['--state-dir', 'times'];
    const costs = async () => {
      const { stdout } = await flowscript('plan', 'good.xml', '--format', 'json', ...state);
      return JSON.parse(stdout).nodes.map(({ cost }: { cost: { from: string } }) => cost.from);
    };
    expect(await costs()).toEqual(['default', 'default']);
    expect(await flowscript('run', 'good.xml', '--quiet', ...state)).toEqual({ code: 0, stdout: '2\n', stderr: '' });
    expect(await costs()).toEqual(['measured', 'measured']);
    expect((await flowscript('plan', 'good.xml', ...state)).stdout).toMatch(/a +source:value +[\d.]+m?s \(measured\)/);
  });

  it('takes --json as the other verbs do', async () => {
    const [long, ...others] = await Promise.all([
      flowscript('plan', 'good.xml', '-f', 'json'),
      flowscript('plan', 'good.xml', '--json'),
      flowscript('plan', 'good.xml', '--json', '--format', 'json'),
    ]);
    expect(others).toEqual([long, long]);
  });

  it('shows the faults of a flow that has no plan', async () => {
    const { code, stdout, stderr } = await flowscript('plan', 'bad.xml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('bad.xml:2:3');
  });
});

describe('nodes', () => {
  it('lists the elements by category', async () => {
    const { code, stdout } = await flowscript('nodes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^source$/m);
    expect(stdout).toMatch(/^ {2}source:http +\S/m);
    expect(stdout).toMatch(/^ {2}foreach +\S/m);
  });

  it('explains one of them', async () => {
    const { stdout } = await flowscript('nodes', 'foreach');
    expect(stdout).toMatch(/^ {2}items +.*required/m);
    expect(stdout).toMatch(/Example\n\s+<foreach /);
  });

  it('lists one category', async () => {
    const listed = JSON.parse((await flowscript('nodes', 'source', '--json')).stdout);
    expect(listed.map(({ element }: { element: string }) => element)).toEqual(['source:value', 'source:file', 'source:http']);
  });

  it.each([
    ['http', '"source:http" or "sink:http"'],
    ['fore', '"foreach"'],
    ['comprss', '"transform:compress"'],
  ])('knows no "%s" but what was meant', async (name, meant) => {
    const { code, stderr } = await flowscript('nodes', name);
    expect(code).toBe(2);
    expect(stderr).toContain(`Did you mean ${meant}?`);
  });
});

describe('init', () => {
  it('writes a project that runs on threads, and never over what is there', async () => {
    const { code, stdout } = await flowscript('init', 'first');
    expect(code).toBe(0);
    expect(stdout).toContain('  cd first\n  npm install\n  npx flowscript run flow.xml\n');
    const cwd = join(project.folder, 'first');
    expect(await runCommand(['validate', 'flow.xml'], { cwd })).toMatchObject({ code: 0 });
    const run = await runCommand(['run', 'flow.xml', '--set', 'upTo=100000', '--set', 'parts=7'], { cwd });
    expect(run).toMatchObject({ code: 0, stdout: '{"upTo":100000,"primes":9592}\n' });
    const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'));
    // From a clone npm is led to the clone, whatever a registry has under that name.
    const clone = fileURLToPath(new URL('../../', import.meta.url));
    expect(join(cwd, manifest.dependencies.flowscript.replace(/^file:/, ''), '/')).toBe(clone);
    expect(manifest).toMatchObject({
      name: 'first',
      scripts: { start: 'flowscript run flow.xml' },
    });
    expect(await flowscript('init', 'first')).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was written') });
  });
});

describe('import', () => {
  const trace = fileURLToPath(new URL('../cli/fixtures/small-trace.json', import.meta.url));

  it('writes a flow and its module that run for as long as the trace says', async () => {
    const { code, stdout } = await flowscript(
      'import',
      'wfformat',
      trace,
      '--scale',
      '0.02',
      '--as',
      'wait',
      '--output',
      'imported/t.xml',
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`Wrote imported/t.xml, ${join('imported', 'trace-task.js')}`);
    const run = await flowscript('run', 'imported/t.xml', '--json', '--max-concurrency', '2');
    expect(run).toMatchObject({ code: 0, stdout: 'null\n' });
    const finished = run.stderr
      .split('\n')
      .filter((line) => line.includes('"node.finished"'))
      .map((line) => JSON.parse(line));
    expect(finished.map(({ nodeId }) => nodeId)).toEqual(expect.arrayContaining(['split_1', 'work_a', 'work.b', 'input-2']));
    const durationOf = (id: string) => finished.find(({ nodeId }) => nodeId === id)?.durationMs;
    expect(durationOf('work_a')).toBeGreaterThanOrEqual(65);
    expect(durationOf('split_1')).toBeGreaterThanOrEqual(40);
  });

  it("never writes over what may be somebody else's", async () => {
    for (let time = 0; time < 2; time++) expect(await flowscript('import', 'wfformat', trace)).toMatchObject({ code: 0 });
    const written = await readFile(join(project.folder, 'small-trace.xml'), 'utf8');
    for (const args of [[], ['--output', 'small-trace.xml']]) {
      expect(await flowscript('import', 'wfformat', trace, '--scale', '0.5', ...args)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/small-trace\.xml is already there[\s\S]*help: Remove it, or .*--output/),
      });
    }
    expect(await readFile(join(project.folder, 'small-trace.xml'), 'utf8')).toBe(written);
    await project.write({ 'own/trace-task.js': 'export default 1;' });
    expect(await flowscript('import', 'wfformat', trace, '--output', 'own/flow.xml')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/trace-task\.js is already there/),
    });
    expect(await readdir(join(project.folder, 'own'))).toEqual(['trace-task.js']);
  });

  it('says why a file cannot be written', async () => {
    expect(await flowscript('import', 'wfformat', trace, '--output', `${'x'.repeat(300)}.xml`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /error\[FILE_UNWRITABLE\] Cannot write x+\.xml: a name in it is longer [\s\S]*help: .*--output/,
      ),
    });
  });

  it('says where a file is no trace, and which tasks wait for one another', async () => {
    const { workflow, ...rest } = JSON.parse(await readFile(trace, 'utf8'));
    workflow.specification.tasks[0].parents.push('input');
    await project.write({ 'torn.json': '{"name": }', 'none.json': '{}', 'ring.json': JSON.stringify({ ...rest, workflow }) });
    const refused = (file: string) => flowscript('import', 'wfformat', file);
    expect(await refused('torn.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/torn\.json is not JSON: .*\(line 1, column 10\)\.\n\s+help: .*wfcommons/),
    });
    expect(await refused('none.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('schemaVersion: expected "1.5"'),
    });
    expect(await refused('ring.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot become a flow: .*split_1.*input-2/),
    });
    expect(await refused('missing.json')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such file') });
  });
});

describe('bench', () => {
  it('compares the modes, with the bound', async () => {
    const { code, stdout, stderr } = await flowscript('bench', 'good.xml', '--runs', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mode .*speed-up .*efficiency .*moving data/);
    expect(stdout).toMatch(/^async .* 1\.00 \(1\.00 - 1\.00\)/m);
    expect(stdout).toMatch(/^threads /m);
    expect(stdout).toMatch(/^auto /m);
    expect(stdout).toMatch(/The bound is .* critical path .* of work shared by/);
    expect(stderr).toContain('run 2 of 2, threads: ');
  });

  it('speaks JSON', async () => {
    const { code, stdout } = await flowscript('bench', 'good.xml', '--runs', '1', '--max-concurrency', '1', '--json');
    const { modes, bound, ...rest } = JSON.parse(stdout);
    expect({ code, rest }).toMatchObject({ code: 0, rest: { runs: 1, workers: 1 } });
    expect(modes.map(({ mode }: { mode: string }) => mode)).toEqual(['async', 'threads', 'auto']);
    expect(bound.boundMs).toBe(Math.max(bound.workMs, bound.criticalPathMs));
  });

  it('does the work in every run, whatever is in the cache', async () => {
    await project.write({
      'cached.xml': '<workflow name="cached"><transform:module id="a" src="./counted.mjs" cache="true"/></workflow>',
      'counted.mjs': `import { appendFileSync } from 'node:fs';
        export default () => appendFileSync('calls.txt', '.');`,
    });
    const calls = async () => (await readFile(join(project.folder, 'calls.txt'), 'utf8')).length;
    await flowscript('run', 'cached.xml');
    await flowscript('run', 'cached.xml');
    expect(await calls()).toBe(1);
    expect((await flowscript('bench', 'cached.xml', '--runs', '2')).code).toBe(0);
    // Two for the bound, and two in each mode.
    expect(await calls()).toBe(1 + 2 + 2 * 3);
  });

  it('blames the node whose code fails outside of its call, without secrets', async () => {
    await project.write({
      'keyed.xml':
        '<workflow name="keyed"><secrets><secret name="KEY"/></secrets><transform:module id="a" src="./late.mjs"/></workflow>',
      'late.mjs': `export default (_, { secrets }) => new Promise(() => {
        setTimeout(() => { throw new Error('refused: ' + secrets.KEY); });
      });`,
    });
    const { code, stderr } = await runCommand(['bench', 'keyed.xml'], { cwd: project.folder, env: { KEY: 'hush-hush-42' } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/error\[NODE_FAILED\] refused: \*\*\*\n +at keyed\.xml:1:\d+ \(a\)[\s\S]*late\.mjs:2:/),
    });
    expect(stderr).not.toContain('hush-hush');
  });

  it('fails with the flow', async () => {
    await project.write({ 'fails.xml': '<workflow name="fails"><fail id="f" message="no way"/></workflow>' });
    const { code, stdout, stderr } = await flowscript('bench', 'fails.xml');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/no way[\s\S]*fails\.xml:1:/);
  });
});

describe('a slip', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['no arguments', [], /Usage: flowscript/],
    ['a flow without a verb', ['good.xml', '--json'], /flowscript run good\.xml --json/],
    ['a misspelt verb', ['valdate', 'good.xml'], /Did you mean validate\?/],
    ['no flow', ['run'], /missing required argument 'flow'[\s\S]*flowscript run --help/],
    ['a misspelt option', ['run', 'good.xml', '--jsn'], /Did you mean --json\?/],
    ['a run without an id', ['run', 'good.xml', '--resume', ''], /--resume \[run\]' argument '' is invalid\. Expected a value/],
    ['a folder without a name', ['run', 'good.xml', '--state-dir', ''], /--state-dir <dir>' argument '' is invalid/],
    ['one dash for two', ['run', 'good.xml', '-mode', 'async'], /unknown option '-mode'\n\s+help: Did you mean --mode\?/],
    ['a space for an =', ['run', 'good.xml', '--set', 'top', '3'], /too many arguments[\s\S]*help: Write --set top=3/],
    ['a file of tests', ['run', 'tried.test.xml'], /found <tests>[\s\S]*help: It is a file of tests: flowscript test/],
    ['a flow of this folder elsewhere', ['run', 'flows/good.xml'], /no folder flows either, but here is good\.xml/],
    ['a misspelt file', ['run', 'god.xml'], /There is no file god\.xml\n\s+help: Did you mean "good\.xml"\?/],
    ['a file without its ending', ['run', 'good'], /Did you mean "good\.xml"\?/],
    ['a folder', ['run', 'folder'], /folder is a folder.*\n\s+help: There is folder[\\/]inner\.xml/],
    ['an unknown mode', ['run', 'good.xml', '--mode', 'thread'], /Did you mean "threads"\?/],
    ['two formats', ['plan', 'good.xml', '--json', '--format', 'mermaid'], /--json cannot be used with --format mermaid/],
    ['a duration without unit', ['run', 'good.xml', '--timeout', '30'], /30s/],
    ['no concurrency', ['run', 'good.xml', '--max-concurrency', '0'], /whole number from 1/],
    ['broken JSON', ['run', 'good.xml', '--input', '{a: 1}'], /line 1, column 2/],
    [
      'a named pipe as input',
      ['run', 'good.xml', '--input', '@pipe'],
      /pipe cannot be read: it is a named pipe.*\n\s+help: .*< pipe/,
    ],
    ['a named pipe as flow', ['run', 'pipe'], /cannot read .*pipe: it is a named pipe[\s\S]*help: .*\/dev\/stdin/],
    ['a config without =', ['run', 'good.xml', '--set', 'top'], /name=value/],
    ['a config that is not declared', ['run', 'good.xml', '--set', 'top=1'], /no config "top"/],
    [
      'all that a flow is given, each wrong',
      ['run', 'given.xml', '--set', 'top=x', '--set', 'oops', '--input', '{a', '--secrets-file', 'none.env'],
      /top expects a number[\s\S]*got "oops"[\s\S]*none\.env cannot be read[\s\S]*--input is not JSON[\s\S]*"out" is required\n.*given\.xml:1:65[\s\S]*\n5 faults in what the flow was given\n/,
    ],
    [
      'nothing that a flow needs',
      ['run', 'given.xml'],
      /"top" is required[\s\S]*"out" is required[\s\S]*NO_SUCH_TOKEN[\s\S]*\n3 faults /,
    ],
    ['--resume before the flow', ['run', '--resume', 'good.xml'], /RUN_NOT_FOUND\] no run of this flow is recorded/],
    [
      'a flow for a run',
      ['run', 'bad.xml', '--resume', 'good.xml'],
      /got the file good\.xml\n\s+help: .*run bad\.xml --resume\./,
    ],
    ['a run without a flow', ['run', '--resume', '1f0c'], /no flow is named\n\s+help: .*run FLOW --resume 1f0c/],
    ['a type of a plugin', ['nodes', 'acme:thing'], /no element "acme:thing"\n\s+help: .*--plugin MODULE/],
    ['an unknown trace format', ['import', 'wf', 'good.xml'], /Expected wfformat/],
    ['a scale of nothing', ['import', 'wfformat', 'good.xml', '--scale', '0'], /above 0/],
    ['a project where a file is', ['init', 'good.xml'], /good\.xml is or lies in a file.*\n\s+help: Name a folder/],
    ['runs of a misspelt flow', ['runs', 'god.xml'], /There is no file god\.xml\n\s+help: Did you mean "good\.xml"\?/],
    ['runs of a state folder that is not there', ['runs', '--state-dir', 'none'], /--state-dir leads to none.*\n\s+help: /],
    ['no path of a flow', ['run', ''], /The path of the flow is empty/],
    ['no path of an output', ['run', 'good.xml', '--output', ''], /--output is empty/],
    ['no path of an input', ['run', 'good.xml', '--input', '@'], /The path of the input file is empty/],
    [
      'the flow as output',
      ['run', 'good.xml', '-o', './good.xml'],
      /--output leads to good\.xml itself, which it would overwrite/,
    ],
    ['the flow as stubs', ['run', 'good.xml', '--record-stubs', 'good.xml'], /--record-stubs leads to good\.xml itself/],
    ['threads without end', ['run', 'good.xml', '-c', '99999'], /--max-concurrency 99999 is too many[\s\S]*--mode async/],
    ['a comparison of threads without end', ['bench', 'good.xml', '-c', '99999'], /--max-concurrency 99999 is too many/],
    ['help with nothing', ['help', 'nope'], /no command "nope" to help with/],
    ['a file that is no text', ['validate', 'data.bin'], /data\.bin is no text/],
    [
      'text that is no XML',
      ['validate', 'score.js'],
      /The file has no root element\.\n.*score\.js:1:1[\s\S]*It is no XML[\s\S]*\n1 fault/,
    ],
    [
      'a folder as plugin',
      ['run', 'good.xml', '--plugin', 'folder'],
      /no package folder .*\n\s+help: For the file of that name write \.\/folder/,
    ],
    ['an output folder that is not there', ['run', 'good.xml', '--output', 'none/out.json'], /Create the folder first/],
  ])('%s: exit 2 and a way on, without a stack', async (_, args, told) => {
    const { code, stdout, stderr } = await flowscript(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(told);
    expect(stderr).not.toMatch(/\n\s+at .*(node:|dist)/);
  });

  it.each([
    ['run', 'good.xml'],
    ['runs', '--json'],
  ])('%s: a folder that was removed under the shell is named as the cause', async (verb, argument) => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
    const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, mainFile, verb, argument], {
      cwd: project.folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('The folder that the command was started in is not there any more'),
    ]);
    expect(stderr).not.toMatch(/uv_cwd|node:internal/);
  });

  it.each([
    [['run', 'good.xml', '--json', '--timeout', '30'], 'Give the unit: 30s or 30ms.'],
    [['cache', 'lst', '--json'], 'Did you mean ls?'],
    [['help', 'nope', '--json'], 'there is no command "nope" to help with'],
    [['good.xml', '--json'], '"good.xml" is no command'],
  ])('of %j is told to machines as JSON', async (args, told) => {
    const { code, stdout, stderr } = await flowscript(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      type: 'error',
      error: { code: 'CONFIG_INVALID', message: expect.stringContaining(told) },
    });
  });

  it('is told to machines as JSON', async () => {
    const { code, stderr } = await flowscript('run', 'god.xml', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', error: { code: 'FLOW_FILE_UNREADABLE' } });
  });
});

describe('mode auto', () => {
  it('is shown by the plan and kept by the run', async () => {
    const plan = await flowscript('plan', 'good.xml', '--mode', 'auto');
    expect(plan.stdout).toMatch(/a +source:value +on main/);
    const { code, stdout, stderr } = await flowscript('run', 'good.xml', '--mode', 'auto', '--json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2\n' });
    expect(stderr).toContain('"mode":"auto"');
    expect(stderr).toContain('"place":"main"');
  });
});

describe('help', () => {
  it.each(['run', 'validate', 'plan', 'nodes', 'init', 'bench', 'import'])('%s has an example', async (verb) => {
    const { code, stdout } = await flowscript(verb, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}flowscript ${verb}`));
  });

  it('--version gives the version of the package and loads nothing heavy', async () => {
    const hook = new URL('./list-loaded.mjs', import.meta.url).href;
    const { code, stdout, stderr } = await runCommand(['--version'], { node: ['--import', hook] });
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
    const own = stderr.split('\n').filter((url) => url.startsWith('file:') && url.includes('/lib/'));
    const sources = sourcesOf(own.map((url) => new URL(url))).join('\n');
    expect(sources).toContain('commander');
    expect(sources + stderr).not.toMatch(/zod|piscina|fast-xml-parser|cel-js|src\/(parser|expressions|scheduler|execution)\//);
  });
});
