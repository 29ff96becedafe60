import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
let project: Project;
beforeAll(async () => {
  project = await createProject({
    't.xml': `<workflow name="t">
  <config><param name="n" type="number" default="1"/></config><secrets><secret name="KEY"/></secrets><env><var name="PLACE"/></env>
  <source:file id="rows" path="none.json"/>
  <transform:map id="x" input="rows.output" expression="item * config.n"/>
  <transform:module id="count" src="./count.mjs" key="{{ secrets.KEY }}" place="{{ env.PLACE }}"/>
  <sink:file id="save" input="x.output" path="out.json"/>
  <output value="x.output"/>
</workflow>`,
    'count.mjs':
      'let calls = 0;\nexport default (input, { options }) => { console.log("printed by a node"); return [++calls, options.key, options.place]; };',
    't.test.xml': `<tests>
  <test name="good">
    <input>{"a": 1}</input><stub node="rows">[1, 2]</stub><set name="n" value="3"/><var name="PLACE" value="here"/>
    <expect-output>[3, 6]</expect-output>
    <expect>nodes.count.output == [1, "secret-KEY", "here"] &amp;&amp; input.a == 1 &amp;&amp; config.n == 3 &amp;&amp; status == "completed"</expect>
    <expect>nodes.save.output == null</expect>
  </test>
  <test name="good too"><stub node="rows">[]</stub><secret name="KEY" value="mine"/><var name="PLACE" value=""/><expect>nodes.count.output[0] == 1 &amp;&amp; nodes.count.output[1] == "mine"</expect></test>
  <test name="fails as it should"><stub node="rows" error-code="GONE" error-message="the rows are gone"/><var name="PLACE" value=""/>
    <expect-error code="GONE" node="rows" message="are gone"/><expect>error.code == "GONE" &amp;&amp; output == null</expect></test>
</tests>`,
    'bad.test.xml': `<tests flow="./t.xml">
  <test name="wrong in every way">
    <stub node="rows">[1, 2]</stub><var name="PLACE" value=""/>
    <expect-output>[1, 3, {"a": 1}]</expect-output>
    <expect>size(output) == 3</expect>
    <expect>output[7]</expect>
    <expect>output[0]</expect>
    <expect-error code="X"/>
  </test>
  <test name="another error"><stub node="rows" error-code="GONE"/><var name="PLACE" value=""/><expect-error code="LOST" node="x" message="?"/></test>
  <test name="runs its source"><var name="PLACE" value=""/><expect>true</expect></test>
  <test name="is too slow" timeout="1ms"><stub node="rows">[]</stub><var name="PLACE" value=""/></test>
</tests>`,
    'sinks.test.xml': `<tests flow="t.xml" sinks="run"><test name="writes"><stub node="rows">[1]</stub><var name="PLACE" value=""/><expect>nodes.save.output.bytes > 0</expect></test></tests>`,
    'faults.test.xml': `<tests flow="t.xml" sink="run">
  <test><stub node="rows">[1, 2</stub><set nam="n" value="3"/><expct-output>[3,6]</expct-output>text</test>
  <test name="b" timeout="10"><stub node="rows" by="iteration">{}</stub><stub node="y"/>
    <expect>outptu == 1</expect><expect>1 +</expect><expect-output/>
    <stub node="z" error-code="E" error-fields="[]" times="0">1</stub>
    <stub node="z" error-code="E">1</stub>
  </test>
</tests>`,
    'names.test.xml': `<tests flow="t.xml">
  <test name="a"><stub node="rws">1</stub></test>
  <test name="b"><set name="m" value="1"/></test>
  <test name="c"><secret name="S" value="1"/></test>
  <test name="d"><set name="n" value="many"/></test>
  <test name="e"><var name="PLAICE" value="1"/></test>
  <test name="f"><stub node="nil">1</stub><set name="q" value="1"/><secret name="R" value="1"/></test>
  <test name="g"><expect>nodes.cuont.output == 1 &amp;&amp; config.m == nodes.x.outptu</expect></test>
</tests>`,
    'twice.test.xml': '<tests flow="t.xml"><test name="a"/><test name="a"/></tests>',
    'warned.xml': '<workflow name="w"><transform:module id="m" src="./count.mjs" exprot="x"/></workflow>',
    'warned.test.xml': '<tests><test name="a"/></tests>',
    'more.test.xml': '<tests flow="warned.xml"><test name="b"/></tests>',
    'empty.test.xml': '<tests flow="t.xml"/>',
    'other.test.xml': '<workflow name="w"/>',
    'torn.test.xml': '<tests flow="t.xml"><test name="a"></tests>',
    'nowhere.test.xml': '<tests flow="tt.xml"><test name="a"/></tests>',
    'lonely.xml': '<workflow name="w"><fail/></workflow>',
  });
});
afterAll(() => project.remove());

const test = (...args: string[]) => runCommand(['test', ...args], { cwd: project.folder });

describe('flowscript test', () => {
  it.each(['threads', 'async', 'auto'])('runs tests beside a flow without its sources and sinks, in mode %s', async (mode) => {
    const { code, stdout, stderr } = await test('t.xml', '--mode', mode, '--filter', mode === 'threads' ? '' : 'as it should');
    expect(code).toBe(0);
    if (mode === 'threads') {
      // Each test has threads of its own: the module counts from one again.
      expect(stdout).toMatch(
        /^t\.test\.xml\n {2}ok {3}good \(.+\)\n {2}ok {3}good too \(.+\)\n {2}ok {3}fails as it should \(.+\)\n3 passed, 0 failed\n$/,
      );
      expect(stderr).toContain('printed by a node');
    } else expect(stdout).toMatch(/1 passed, 0 failed\n$/);
    expect(existsSync(join(project.folder, 'out.json'))).toBe(false);
  });

  it('says of each expectation that is not met what is different, and where it stands', async () => {
    const { code, stdout } = await test('bad.test.xml');
    expect(code).toBe(1);
    const told = stdout.replace(/\(\d.*?\)/g, '(t)').replaceAll(project.folder, '.');
    expect(told).toContain(`  FAIL wrong in every way (t)
    bad.test.xml:4:5 the output is another one
      output: expected a list of 3, got one of 2
      output[1]: expected 3, got 2
      output[2]: expected {"a":1}, got nothing
    bad.test.xml:5:5 size(output) == 3 does not hold
      output: [1,2]
    bad.test.xml:6:5 output[7] cannot be evaluated
      error[FLOW_EXPRESSION_FAILED] output has 2 elements and none at index 7`);
    expect(told).toContain('    bad.test.xml:7:5 output[0] is 1, expected true\n');
    expect(told).toContain('    bad.test.xml:8:5 the flow completed, expected an error\n      output: [1,2]\n');
    expect(told).toContain(`the flow failed in another way
      code: expected "LOST", got "GONE"
      node: expected "x", got "rows"
      message: expected "?", got "The stub fails on purpose."
      error[GONE] The stub fails on purpose.
      at ./t.xml:3:3 (rows)`);
    expect(told).toContain(
      '  FAIL runs its source (t)\n    bad.test.xml:11:3 the flow failed\n      error[FILE_UNREADABLE] Cannot read none.json',
    );
    expect(told).toContain('error[FLOW_TIMEOUT]');
    expect(told).toMatch(/0 passed, 4 failed\n$/);
  });

  it('leaves nothing of a cache, and takes no result from one', async () => {
    const own = await createProject({
      't.xml':
        '<workflow name="t"><source:value id="v" value="1"/><transform:select id="s" input="v.output" cache="true">input + 1</transform:select></workflow>',
      't.test.xml': '<tests><test name="a"><stub node="v">2</stub><expect-output>3</expect-output></test></tests>',
    });
    try {
      expect(await runCommand(['test', 't.xml'], { cwd: own.folder })).toMatchObject({ code: 0 });
      expect(existsSync(join(own.folder, '.flowscript'))).toBe(false);
    } finally {
      await own.remove();
    }
  });

  it('lets sinks run where the test says so', async () => {
    expect(await test('sinks.test.xml')).toMatchObject({ code: 0 });
    expect(existsSync(join(project.folder, 'out.json'))).toBe(true);
  });

  it('finds every fault of a test file, each with its place', async () => {
    const { code, stdout } = await test('faults.test.xml', '--json');
    const { files, ...counts } = JSON.parse(stdout) as {
      files: { faults: { code: string; source: { line: number; column: number } }[] }[];
    };
    expect([code, counts]).toEqual([2, { passed: 0, failed: 0, broken: 1 }]);
    expect(files[0]?.faults.map(({ code: fault, source }) => `${source.line}:${source.column} ${fault}`)).toEqual([
      '1:21 FLOW_SETTING_UNKNOWN',
      '2:3 FLOW_SETTING_MISSING',
      '2:32 FLOW_SETTING_INVALID',
      '2:39 FLOW_SETTING_MISSING',
      '2:44 FLOW_SETTING_UNKNOWN',
      '2:63 FLOW_ELEMENT_UNKNOWN',
      '2:97 FLOW_SETTING_INVALID',
      '3:27 FLOW_SETTING_INVALID',
      '3:64 FLOW_SETTING_INVALID',
      '3:73 FLOW_SETTING_MISSING',
      '4:13 FLOW_REFERENCE_UNKNOWN',
      '4:44 FLOW_EXPRESSION_SYNTAX',
      '4:53 FLOW_SETTING_MISSING',
      '5:49 FLOW_SETTING_INVALID',
      '5:60 FLOW_SETTING_INVALID',
      '6:35 FLOW_SETTING_INVALID',
    ]);
  });

  it('knows the names of the flow', async () => {
    const { code, stderr } = await test('names.test.xml');
    expect(code).toBe(2);
    const told = stderr.split('\n').filter((line) => /^error|^ {2}(at|help:)/.test(line));
    expect(told).toEqual([
      'error[CONFIG_INVALID] The flow has no node "rws" to be stubbed',
      '  at names.test.xml:2:18',
      '  help: Did you mean "rows"?',
      'error[CONFIG_INVALID] The flow has no config "m"',
      '  at names.test.xml:3:18',
      expect.stringContaining('  help: '),
      'error[CONFIG_INVALID] The flow has no secret "S"',
      '  at names.test.xml:4:18',
      '  help: It declares KEY.',
      'error[CONFIG_INVALID] --set n expects a number, got "many"',
      '  at names.test.xml:5:18',
      'error[CONFIG_INVALID] The flow has no variable "PLAICE"',
      '  at names.test.xml:6:18',
      '  help: Did you mean "PLACE"?',
      'error[CONFIG_INVALID] The flow has no node "nil" to be stubbed',
      '  at names.test.xml:7:18',
      expect.stringContaining('  help: '),
      'error[CONFIG_INVALID] The flow has no config "q"',
      '  at names.test.xml:7:43',
      expect.stringContaining('  help: '),
      'error[CONFIG_INVALID] The flow has no secret "R"',
      '  at names.test.xml:7:68',
      '  help: It declares KEY.',
      'error[FLOW_REFERENCE_UNKNOWN] The flow has no node "cuont"',
      '  at names.test.xml:8:26',
      '  help: Did you mean "count"?',
      'error[FLOW_REFERENCE_UNKNOWN] The flow has no config "m"',
      '  at names.test.xml:8:61',
      expect.stringContaining('  help: '),
      'error[FLOW_REFERENCE_UNKNOWN] A node\'s result has no field "outptu"',
      '  at names.test.xml:8:73',
      '  help: Did you mean "output"?',
    ]);
  });

  it.each([
    ['twice.test.xml', /There are two tests called "a"/],
    ['empty.test.xml', /<tests> holds no <test>/],
    ['other.test.xml', /The file starts with <workflow>, expected <tests>/],
    ['torn.test.xml', /FLOW_XML_MALFORMED/],
    ['nowhere.test.xml', /There is no file .*tt\.xml/],
    ['lonely.xml', /There is no test file lonely\.test\.xml beside lonely\.xml/],
    ['none.test.xml', /There is no file none\.test\.xml/],
  ])('refuses %s', async (file, message) => {
    const { code, stderr } = await test(file);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error| {4}at /);
  });

  it('goes on after a broken file, and ends with 2', async () => {
    const { code, stdout } = await test('empty.test.xml', 't.test.xml');
    expect(code).toBe(2);
    expect(stdout).toMatch(/3 passed, 0 failed, 1 file broken\n$/);
  });

  it('shows what the flow is warned of once', async () => {
    const { stderr } = await test('warned.test.xml', 'more.test.xml');
    expect(stderr.match(/^warning: .*"exprot" is no setting/gm)).toHaveLength(1);
  });

  it('says when a filter leaves nothing', async () => {
    const { code, stderr } = await test('t.xml', '--filter', 'nothing like it');
    expect(code).toBe(2);
    expect(stderr).toContain('No test has "nothing like it" in its name');
  });

  it('runs the tests of the examples', async () => {
    const { code, stdout } = await test(examples);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n[1-9]\d* passed, 0 failed\n$/);
  });
});
