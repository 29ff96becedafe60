import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEngine, type Engine, type ExecutionMode, parseWorkflow, type RunOptions, type RunResult } from '#src/index.js';

/** Notes that it ran, then does what its options say; `fail` names a file whose presence makes it fail. */
const module = `
import { appendFileSync, existsSync } from 'node:fs';
const at = (name) => new URL(name, import.meta.url);
export default async function (input, { options, index }) {
  appendFileSync(at('ran.txt'), options.mark + (index === undefined ? '' : '#' + index) + '\\n');
  if (options.fail && existsSync(at(options.fail)) && (options.only === undefined || Number(options.only) === index)) throw new Error('on purpose');
  for (const until = performance.now() + Number(options.busyMs ?? 0); performance.now() < until; );
  while (options.until && !existsSync(at(options.until))) await new Promise((resolve) => setTimeout(resolve, 2));
  return options.give === undefined ? input : options.give;
}`;

let folder: string;
let engine: Engine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowscript-records-'));
  writeFileSync(join(folder, 'work.mjs'), module);
  writeFileSync(join(folder, 'trip'), '');
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const node = (id: string, rest = '') => `<transform:module id="${id}" src="./work.mjs" mark="${id}" ${rest}/>`;

async function run(body: string, options: RunOptions = {}, mode: ExecutionMode = 'threads'): Promise<RunResult> {
  const text = `<workflow name="recorded" maxConcurrency="2"><config><param name="top" type="number" default="1"/></config>${body}</workflow>`;
  await engine?.close();
  engine = createEngine({ mode });
  return engine.run(parseWorkflow(text, { file: join(folder, 'flow.xml') }), { record: true, ...options });
}

/** What ran since it was last asked. */
function ran(): string[] {
  const file = join(folder, 'ran.txt');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).toSorted() : [];
  rmSync(file, { force: true });
  return lines;
}

/** But for the times, and whatever tells one failure of a kind from another. */
function stateOf({ state: { nodeResults, nodeContext, globalContext, phaseContext } }: RunResult): unknown {
  const told = [...nodeResults].map(([id, { startedAt, durationMs, error, failures, ...result }]) => [
    id,
    { ...result, error: error?.message, failures: failures?.map((failure) => [failure.index, failure.error.message]) },
  ]);
  return { results: Object.fromEntries(told), nodeContext, globalContext, phaseContext };
}

const mend = () => rmSync(join(folder, 'trip'));

describe.each(['threads', 'async', 'auto'] as const)('a failed run that is resumed, mode %s', (mode) => {
  const both = async (body: string, between: () => void = mend) => {
    const first = await run(body, {}, mode);
    const firstRan = ran();
    between();
    const second = await run(body, { resume: 'last' }, mode);
    return { first, firstRan, second, secondRan: ran() };
  };

  test('runs what has not finished, keeps its id and start, and gives the result of an undisturbed run', async () => {
    const body = `
      <foreach id="each" items="lists.range(5)" item="n">${node('work', 'fail="trip" only="3"')}</foreach>
      <transform:reduce id="sum" input="each.output" initial="0">acc + item</transform:reduce>
      <output value="[sum.output, run.id, run.startedAt]"/>`;
    const { first, second, secondRan } = await both(body.replace('<foreach id="each"', '<foreach id="each" onError="wait"'));
    expect(first.status).toBe('failed');
    expect(second).toMatchObject({ status: 'completed', runId: first.runId });
    expect(second.output).toEqual([10, first.runId, expect.any(String)]);
    expect(secondRan).toEqual(['work#3']);
  });

  test('goes on in blocks within blocks, loops and phases', async () => {
    const body = `
      <parallel id="outer">
        <branch><foreach id="each" items="[1, 2]"><parallel id="inner">
          <branch>${node('a')}</branch><branch>${node('b')}</branch></parallel></foreach></branch>
        <branch><loop id="again" maxIterations="3" onMax="continue">${node('turn')}<set name="seen" value="index" scope="workflow"/></loop></branch>
      </parallel>
      <phase id="p" name="end">${node('after', 'input="vars.seen"')}${node('last', 'fail="trip" input="after.output"')}</phase>`;
    const { first, firstRan, second, secondRan } = await both(body);
    expect(first.status).toBe('failed');
    expect(firstRan.filter((each) => each !== 'last')).toHaveLength(4 + 3 + 1);
    expect([second.status, second.output]).toEqual(['completed', 2]);
    expect(secondRan).toEqual(['last']);
  });

  test.each([
    [
      'a branch',
      `<parallel id="p"><branch>${node('a')}${node('b')}${node('c', 'fail="trip" give="5"')}</branch></parallel>`,
      ['c'],
      ['5'],
    ],
    [
      'items',
      `<foreach id="p" items="lists.range(3)" onError="wait">${node('a')}${node('b', 'fail="trip" only="1"')}${node('c')}</foreach>`,
      ['b#1', 'c#1'],
      [0, 1, 2],
    ],
    [
      'a loop',
      `<loop id="p" maxIterations="2" onMax="continue">${node('a')}${node('b', 'fail="trip" only="1" give="6"')}</loop>`,
      ['b#1'],
      '6',
    ],
    [
      'a body with variables',
      `<parallel id="p"><branch>${node('a', 'give="7"')}<set name="v" value="a.output" scope="workflow"/>${node('c', 'fail="trip" input="vars.v"')}</branch></parallel>`,
      ['c'],
      ['7'],
    ],
    [
      'a branch whose failure was made up for',
      `<parallel id="p" onError="continue"><branch>${node('a')}${node('b', 'fail="trip" give="8"')}</branch><branch>${node('c', 'give="9"')}</branch></parallel>${node('d', 'input="p.output" fail="trip"')}`,
      ['d'],
      [null, '9'],
    ],
  ])('goes on behind the nodes that had finished in %s', async (_where, body, again, output) => {
    const { first, second, secondRan } = await both(body);
    expect(first.status).toBe('failed');
    expect([secondRan, second.output]).toEqual([again, output]);
  });

  test('goes on behind the nodes that had finished although a later one was edited, as long as they gave what it asks for', async () => {
    const body = (rest: string) =>
      `<parallel id="p"><branch>${node('a', 'give="8"')}${node('b', 'input="1"')}${rest}</branch></parallel>`;
    await run(body(node('c', 'fail="trip"')), {}, mode);
    expect(ran()).toEqual(['a', 'b', 'c']);
    await run(body(node('c', 'fail="trip" give="9"')), { resume: 'last' }, mode);
    expect(ran()).toEqual(['c']);
    mend();
    // Nobody had asked for what `a` gave.
    const { output } = await run(body(node('c', 'input="a.output"')), { resume: 'last' }, mode);
    expect([output, ran()]).toEqual([['8'], ['a', 'b', 'c']]);
  });

  const busy = 'busyMs="1"';
  const things = `<source:value id="things" value="{'small': 5, 'large': lists.range(20000), 'other': [8]}"/><set id="known" name="v" value="3" scope="workflow"/>`;
  const front = {
    'a branch': (c: string) =>
      `<parallel id="p"><branch>${node('a', `${busy} input="things.output.small + vars.v"`)}${node('b', busy)}${c}</branch></parallel>`,
    items: (c: string) =>
      `<foreach id="p" items="[{'n': 8, 'more': [1]}]" item="it">${node('a', `${busy} input="it.n + vars.v - vars.v"`)}${node('b', busy)}${c}</foreach>`,
    'items of several steps': (c: string) =>
      `<foreach id="p" items="[{'n': 8, 'more': [1]}]" item="it"><if id="s" condition="it.n == 8"><then>${node('a', `${busy} input="it.n"`)}${node('b', busy)}${c}</then></if></foreach>`,
    'large items': (c: string) =>
      `<foreach id="p" items="[{'n': 8, 'more': things.output.large}]" item="it">${node('a', `${busy} input="it.n"`)}${node('b', busy)}${c}</foreach>`,
    'a loop': (c: string) =>
      `<loop id="p" maxIterations="1" onMax="continue">${node('a', `${busy} input="8 + index"`)}${node('b', busy)}${c}</loop>`,
  };
  test.each(Object.entries(front))(
    'runs no node of %s before one that was edited to read something else',
    async (where, body) => {
      const options = { input: { deep: { er: 'deeper' } } };
      const flow = (edited: string) => `${things}${body(node('c', edited))}<output value="p.output"/>`;
      await run(flow('fail="trip"'), options, mode);
      expect(ran().map((each) => each.charAt(0))).toEqual(['a', 'b', 'c']);
      mend();
      const reads: [string, unknown][] = [
        ['input', 8],
        ['[input, things.output.other, size(things.output.large)]', [8, [8], 20000]],
        ['[size(things.output), vars.v, config.top, run.input.deep.er]', [3, 3, 1, 'deeper']],
        ['[input, size(nodes) > 1]', [8, true]],
        ...(where.includes('items') ? ([['[it.n, index, size(it.more) > 0]', [8, 0, true]]] as [string, unknown][]) : []),
      ];
      for (const [read, output] of reads) {
        const second = await run(flow(`input="${read}"`), { resume: 'last' }, mode);
        expect([read, second.error?.message, where === 'a loop' ? second.output : (second.output as unknown[])[0]]).toEqual([
          read,
          undefined,
          output,
        ]);
        expect([read, ...ran().map((each) => each.charAt(0))]).toEqual([read, 'c']);
      }
    },
  );

  test('runs again from the first node of a body on that reads something which has changed', async () => {
    const flow = (small: number, top: string, v: number) => `
      <source:value id="things" value="{'small': ${small}, 'large': lists.range(20000), 'top': ${top}}"/>
      <set id="known" name="v" value="${v}" scope="workflow"/>
      <parallel id="p"><branch>
        ${node('a', `${busy} input="[things.output.small, size(things.output.large)]"`)}
        ${node('b', `${busy} until="{{ things.output.top == 0 ? 'never' : '' }}"`)}
        ${node('c', `${busy} give="{{ vars.v }}"`)}${node('d', 'fail="trip"')}</branch></parallel>`;
    const again = async (...values: Parameters<typeof flow>) => {
      await run(flow(...values), { resume: 'last' }, mode);
      return ran().join('');
    };
    await run(flow(1, '1', 1), {}, mode);
    expect(ran().join('')).toBe('abcd');
    expect(await again(1, '1', 1)).toBe('d');
    expect(await again(1, '1', 2)).toBe('cd');
    expect(await again(1, '2', 2)).toBe('bcd');
    expect(await again(2, '2', 2)).toBe('abcd');
    expect(await again(1, '1', 2)).toBe('d');
  });

  const chain = `${node('a', busy)}${node('b', `${busy} input="[input, 1]"`)}`;
  const cut = (id: string, rest = '') => node(id, `fail="trip" ${rest}`);
  test.each([
    ['a parallel', `<parallel id="p"><branch>${chain}${cut('c')}${node('d')}</branch><branch>${node('e')}</branch></parallel>`],
    [
      'a parallel that names inner nodes',
      `<parallel id="p"><branch>${chain}${cut('c', 'input="a.output"')}${node('d', 'input="b.output"')}</branch></parallel>`,
    ],
    [
      'a parallel with large values',
      `<parallel id="p"><branch><transform:select id="a">lists.range(20000)</transform:select>${node('b', busy)}${cut('c')}${node('d', 'input="size(input)"')}</branch></parallel>`,
    ],
    ['a foreach', `<foreach id="p" items="[1, 2]" onError="wait">${chain}${cut('c', 'only="1"')}${node('d')}</foreach>`],
    [
      'a foreach of several steps',
      `<foreach id="p" items="[1, 2]" onError="wait">${chain}${cut('c')}<if id="i" condition="c.output != null"><then>${node('d')}</then></if></foreach>`,
    ],
    ['an if', `<if id="p" condition="true"><then>${chain}${cut('c')}${node('d', 'when="false"')}</then></if>`],
    ['a branch', `<branch id="p"><match when="1 &lt; 2">${chain}${cut('c')}</match><otherwise>${node('d')}</otherwise></branch>`],
    ['a loop', `<loop id="p" maxIterations="2" onMax="continue">${chain}${cut('c', 'only="1"')}${node('d')}</loop>`],
    ['a while', `<while id="p" condition="index &lt; 2" maxIterations="9">${chain}${cut('c', 'only="1"')}${node('d')}</while>`],
    [
      'a phase',
      `<phase id="p" name="x">${chain}<set id="s" name="v" value="[a.output, 2]" scope="workflow"/>${cut('c', 'input="vars.v"')}${node('d')}</phase>`,
    ],
    [
      'blocks in blocks',
      `<parallel id="p"><branch>${node('a', busy)}<foreach id="f" items="[1]">${node('b', busy)}${cut('c')}${node('d')}</foreach>${node('e')}</branch></parallel>`,
    ],
    [
      'a failure that was made up for',
      `<parallel id="p" onError="continue"><branch>${chain}${node('x', 'fail="work.mjs"')}${node('y')}</branch><branch>${node('e', busy)}</branch></parallel>${cut('c', 'input="p.output"')}`,
    ],
    [
      'a fallback',
      `<parallel id="p"><branch>${chain}<transform:module id="x" src="./work.mjs" mark="x" fail="work.mjs"><fallback>${node('y')}</fallback></transform:module>${node('z')}${cut('c')}${node('d')}</branch></parallel>`,
    ],
  ])('leaves the state that an undisturbed run leaves: %s', async (_what, body) => {
    const flow = `${body}<output value="nodes.p.output"/>`;
    const { second } = await both(flow);
    const calm = await run(flow, { record: false }, mode);
    expect([second.status, second.output]).toEqual([calm.status, calm.output]);
    expect(stateOf(second)).toStrictEqual(stateOf(calm));
  });

  test('gives a race the same winner, though another one has finished too, or its branches were edited', async () => {
    const branches = [
      `<branch>${node('slow', 'until="go" give="slow"')}</branch>`,
      `<branch>${node('quick', 'give="quick"')}</branch>`,
    ];
    const race = (inside: readonly string[]) => `
      <parallel id="race" join="any" losers="wait">${inside.join('')}</parallel>
      ${node('end', 'input="race.output" after="race" fail="trip"')}`;
    const body = race(branches);
    // The slow one may end once the quick one is known to have won.
    const onEvent: RunOptions['onEvent'] = (event) => {
      if (event.type === 'node.finished' && event.nodeId === 'quick')
        setTimeout(() => writeFileSync(join(folder, 'go'), ''), 100);
    };
    const first = await run(body, { onEvent }, mode);
    ran();
    mend();
    const second = await run(body, { resume: 'last' }, mode);
    const secondRan = ran();
    expect(first.state.nodeResults.get('race')?.output).toBe('quick');
    expect([second.status, second.output]).toEqual(['completed', 'quick']);
    expect(secondRan).toEqual(['end']);
    const named = branches.map((branch, at) => branch.replace('<branch', `<branch name="${['one', 'two'][at]}"`));
    const longer = [`${branches[0]}`, `<branch>${node('pre')}${branches[1]?.slice('<branch>'.length)}`];
    for (const [then, now, again] of [
      // A branch may ask for its place and its name: where these were changed it runs again, and the same wins.
      [branches, branches.toReversed(), ['end', 'quick', 'slow']],
      [named, named.toReversed(), ['end', 'quick', 'slow']],
      [branches, named, ['end', 'quick', 'slow']],
      [branches, longer, ['end', 'pre', 'quick']],
    ] as const) {
      rmSync(join(folder, 'go'), { force: true });
      writeFileSync(join(folder, 'trip'), '');
      await run(race(then), { onEvent }, mode);
      ran();
      mend();
      expect([(await run(race(now), { resume: 'last' }, mode)).output, ran()]).toEqual(['quick', again]);
    }
  });

  test('gives a race over the rows of a file the same winner', async () => {
    writeFileSync(join(folder, 'rows.ndjson'), '{"name":"slow","until":"go"}\n{"name":"quick","until":""}\n');
    const body = `
      <source:file id="rows" path="./rows.ndjson"/>
      <foreach id="race" items="rows.output" join="any">${node('work', 'until="{{ item.until }}" give="{{ item.name }}"')}</foreach>
      ${node('end', 'input="race.output" fail="trip"')}`;
    const { first, second, secondRan } = await both(body, () => {
      mend();
      writeFileSync(join(folder, 'go'), '');
    });
    expect(first.state.nodeResults.get('race')?.output).toBe('quick');
    expect([second.output, secondRan]).toEqual(['quick', ['end']]);
  });

  test.each([
    [
      'branches',
      `<parallel id="p"><branch>${node('slow', 'until="never"')}</branch><branch>${node('b', 'fail="trip"')}</branch>`,
      'parallel',
    ],
    ['items', `<foreach id="p" items="lists.range(400)" batch="1">${node('each', 'fail="trip" only="5"')}`, 'foreach'],
    [
      'started items alone',
      `<foreach id="p" items="lists.range(400)" onError="finish" batch="1">${node('each', 'fail="trip" only="5"')}`,
      'foreach',
    ],
  ])('starts none of the %s that a failure had stopped which a fallback made up for', async (_what, block, name) => {
    const fallback = `<fallback>${node('help', 'input="size(p.output)" give="helped"')}</fallback></${name}>`;
    const { second, secondRan } = await both(`${block}${fallback}${node('last', 'fail="trip" input="p.output"')}`);
    expect([second.status, second.output, secondRan]).toEqual(['completed', 'helped', ['last']]);
  });

  test('takes failures that were made up for as they were', async () => {
    const body = `
      <foreach id="each" items="lists.range(4)" onError="continue">${node('work', 'fail="trip" only="2"')}</foreach>
      <transform:module id="rescued" src="./work.mjs" mark="rescued" fail="trip" input="1"><retry limit="1" delay="1ms"/>
        <fallback>${node('help', 'give="helped"')}</fallback></transform:module>
      <transform:module id="last" src="./work.mjs" mark="last" fail="trip" input="[each.output, rescued.output]" after="rescued"/>`;
    const { first, firstRan, second, secondRan } = await both(body);
    expect(first.status).toBe('failed');
    expect(firstRan).toEqual(['help', 'last', 'rescued', 'rescued', 'work#0', 'work#1', 'work#2', 'work#3']);
    expect([second.status, second.output]).toEqual(['completed', [[0, 1, null, 3], 'helped']]);
    expect(secondRan).toEqual(['last']);
    expect(second.state.nodeResults.get('each')?.failures).toMatchObject([{ index: 2, error: { message: 'on purpose' } }]);
  });

  test('goes on in the attempt that a block had come to', async () => {
    const body = `<foreach id="each" items="lists.range(3)" onError="wait"><retry limit="1" delay="1ms"/>${node('work', 'fail="trip" only="1"')}</foreach>`;
    const { first, firstRan, second, secondRan } = await both(body);
    expect(first.status).toBe('failed');
    expect(firstRan).toHaveLength(6);
    expect(second.output).toEqual([0, 1, 2]);
    expect(secondRan).toEqual(['work#1']);
    expect(second.state.nodeResults.get('each')?.attempts).toBe(2);
  });

  test('cleans up again', async () => {
    const body = `${node('one')}${node('last', 'fail="trip" after="one"')}<on-error>${node('tell')}</on-error><finally>${node('clean')}</finally>`;
    const { firstRan, second, secondRan } = await both(body);
    expect(firstRan).toEqual(['clean', 'last', 'one', 'tell']);
    expect(second.status).toBe('completed');
    expect(secondRan).toEqual(['clean', 'last']);
  });

  test('runs again what an edit or another input touches, and nothing else', async () => {
    const body = `
      ${node('first', 'give="{{ 1 }}" input="0"')}
      <foreach id="each" items="run.input" item="n">${node('work')}</foreach>
      ${node('top', 'give="{{ config.top }}" input="0"')}
      ${node('last', 'fail="trip" input="each.output" after="first top"')}`;
    await run(body, { input: [1, 2, 3] }, mode);
    ran();
    mend();
    const edited = body.replace('{{ 1 }}', '{{ 1 + 1 }}').replace('<foreach', '<!-- edited -->\n<foreach');
    const second = await run(edited, { resume: 'last', input: [1, 20, 3], config: { top: 1 } }, mode);
    expect(second.output).toEqual([1, 20, 3]);
    expect(ran()).toEqual(['first', 'last', 'work#1']);
    writeFileSync(join(folder, 'work.mjs'), `${module}\nexport const more = 1;`);
    const third = await run(edited, { resume: 'last', input: [1, 20, 3], config: { top: 2 } }, mode);
    expect(third.output).toEqual([1, 20, 3]);
    expect(ran()).toEqual(['first', 'last', 'top', 'work#0', 'work#1', 'work#2']);
  });

  test('runs again what tells the branch it is in, once its branches change places', async () => {
    const file = join(folder, 'place.mjs');
    writeFileSync(file, "export default (_, { branch, options }) => options.mark + ' is branch ' + branch;");
    const one = (name: string, rest: string) =>
      `<branch name="${name}"><transform:module id="${name}" src="./place.mjs" mark="${name}"/>${rest}</branch>`;
    const behind = (name: string) => `${node(`${name}2`, `input="${name}.output"`)}`;
    const flow = (rest: (name: string) => string, ...names: string[]) =>
      `<parallel id="p">${names.map((name) => one(name, rest(name))).join('')}</parallel>${node('last', 'fail="trip" input="p.output"')}`;
    for (const rest of [() => '', behind]) {
      writeFileSync(join(folder, 'trip'), '');
      expect((await run(flow(rest, 'a', 'b'), {}, mode)).status).toBe('failed');
      mend();
      const { output } = await run(flow(rest, 'b', 'a'), { resume: 'last' }, mode);
      expect(output).toEqual(['b is branch 0', 'a is branch 1']);
    }
  });

  test('keeps large values, buffers and variables', async () => {
    const body = `
      <source:value id="rows" value="lists.range(20000).map(n, {'n': n, 'text': 'row ' + n})"/>
      <transform:compress id="bytes" input="json.stringify(rows.output)"/>
      <set name="count" value="size(rows.output)" scope="workflow"/>
      <foreach id="long" items="lists.range(3)" item="k"><transform:select id="each">{'n': k, 'all': lists.range(20000)}</transform:select></foreach>
      <foreach id="sizes" items="long.output">${node('size')}<transform:select id="n">size(input.all) + input.n</transform:select></foreach>
      ${node('last', 'fail="trip" input="[size(rows.output), rows.output[19999].text, vars.count, bytes.output, sizes.output]"')}`;
    const { second, secondRan } = await both(body);
    const output = second.output as [number, string, number, Uint8Array, number[]];
    expect(output[4]).toEqual([20000, 20001, 20002]);
    expect(output.slice(0, 3)).toEqual([20000, 'row 19999', 20000]);
    expect(output[3].byteLength).toBeGreaterThan(1000);
    expect(secondRan).toEqual(['last']);
    const reused = [...second.state.nodeResults.keys()];
    expect(reused).toContain('rows');
  });
});

describe('a run that is resumed', () => {
  test('gives its output again when it had completed, and runs nothing', async () => {
    const notices: string[] = [];
    const first = await run(node('one', 'input="[1, 2]"'));
    ran();
    const second = await run(node('one', 'input="[1, 2]"'), {
      resume: first.runId.slice(0, 8),
      onNotice: (text) => notices.push(text),
    });
    expect([second.status, second.output, second.runId]).toEqual(['completed', [1, 2], first.runId]);
    expect(ran()).toEqual([]);
    expect(notices).toEqual([expect.stringContaining('has completed before')]);
  });

  test('works again when it had completed and its code has changed since', async () => {
    const module = (factor: number) => `export default (input) => input * ${factor};\n`;
    writeFileSync(join(folder, 'times.mjs'), module(2));
    const flow = '<transform:module id="times" src="./times.mjs" input="21"/>';
    const first = await run(flow);
    writeFileSync(join(folder, 'times.mjs'), module(3));
    const second = await run(flow, { resume: 'last' });
    expect([first.output, second.output, second.runId]).toEqual([42, 63, first.runId]);
  });

  test.each(['completed', 'failed'])(
    'does not take what code did that was edited meanwhile, though it was put back (%s)',
    async (end) => {
      const late = (gives: string) =>
        writeFileSync(
          join(folder, 'late.mjs'),
          `import { appendFileSync } from 'node:fs';
        export default () => { appendFileSync(new URL('ran.txt', import.meta.url), 'late\\n'); return '${gives}'; };`,
        );
      late('before');
      if (end === 'completed') mend();
      const body = `${node('one', 'until="go"')}<transform:module id="late" src="./late.mjs" after="one"/>${node('last', 'input="late.output" fail="trip"')}`;
      const notices: string[] = [];
      const going = run(body, { onNotice: (text) => notices.push(text) });
      while (!existsSync(join(folder, 'ran.txt'))) await new Promise((resolve) => setTimeout(resolve, 2));
      late('meanwhile');
      writeFileSync(join(folder, 'go'), '');
      const { status, state } = await going;
      expect([status, state.nodeResults.get('late')?.output]).toEqual([end, 'meanwhile']);
      expect(notices).toEqual([expect.stringContaining('late.mjs was written after this run had read it')]);
      ran();
      late('before');
      if (end === 'failed') mend();
      expect((await run(body, { resume: 'last' })).output).toBe('before');
      expect(ran()).toEqual(['last', 'late']);
    },
  );

  test('is refused, and never begun anew with nothing, when its record cannot be opened', async () => {
    const body = node('one', 'fail="trip"');
    const { runId } = await run(body, { input: { n: 42 } });
    ran();
    mend();
    const record = join(folder, '.flowscript/runs', runId);
    rmSync(join(record, 'events.ndjson'));
    mkdirSync(join(record, 'events.ndjson'));
    await expect(run(body, { resume: 'last', onNotice: () => {} })).rejects.toMatchObject({ code: 'RUN_NOT_RESUMABLE' });
    expect(ran()).toEqual([]);
  });

  test.each([
    ['process-1.json', ''],
    ['process-1.json', 'null'],
    ['process-1.json', '{"pid": {}, "host": null}'],
    ['outcome.json', '[null]'],
    ['outcome.json', '{"status": "completed", "process": 1, "error": 5}'],
    ['events.ndjson', '{"type": "node.finished"}\nnull\n'],
    ['plan.json', '{'],
  ])('goes on although its %s is %j', async (file, content) => {
    const body = `${node('one')}${node('two', 'fail="trip" after="one"')}`;
    const first = await run(body);
    ran();
    mend();
    const record = join(folder, '.flowscript/runs', first.runId);
    writeFileSync(join(record, file), content);
    // Without its end it counts as one that goes on for as long as its process lives, which is this one.
    if (file === 'outcome.json') writeFileSync(join(record, 'process-1.json'), '');
    expect((await run(body, { resume: 'last' })).status).toBe('completed');
    expect(ran()).toEqual(['two']);
  });

  test.each(['null', '{}', '{"startedAt": "today"}'])(
    'is not found when its run.json is %s, and the file is named',
    async (content) => {
      const { runId } = await run(node('one'));
      const file = join(folder, '.flowscript/runs', runId, 'run.json');
      const before = content.includes('startedAt') ? JSON.parse(readFileSync(file, 'utf8')) : {};
      writeFileSync(file, content === 'null' ? content : JSON.stringify({ ...before, ...JSON.parse(content) }));
      const refused = run(node('one'), { resume: 'last' });
      await expect(refused).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', hint: expect.stringContaining(runId) });
    },
  );

  test('gives its output though its file is damaged: from what its nodes gave', async () => {
    const { runId } = await run(node('one', 'give="kept"'));
    ran();
    writeFileSync(join(folder, '.flowscript/runs', runId, 'output.bin'), 'x');
    expect(await run(node('one', 'give="kept"'), { resume: 'last' })).toMatchObject({
      status: 'completed',
      output: 'kept',
      runId,
    });
    expect(ran()).toEqual([]);
  });

  test('is refused while it goes on, and when there is none', async () => {
    await expect(run(node('one'), { resume: 'last' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    const going = run(node('one', 'until="go"'));
    while (!existsSync(join(folder, 'ran.txt'))) await new Promise((resolve) => setTimeout(resolve, 2));
    const other = createEngine({ mode: 'async' });
    const text = `<workflow name="recorded">${node('one', 'until="go"')}</workflow>`;
    const again = other.run(parseWorkflow(text, { file: join(folder, 'flow.xml') }), { resume: 'last' });
    await expect(again).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
    await other.close();
    writeFileSync(join(folder, 'go'), '');
    await expect(going).resolves.toMatchObject({ status: 'completed' });
  });

  test('survives results nested 10,000 deep, which fail as they do without a record', async () => {
    writeFileSync(
      join(folder, 'deep.mjs'),
      'export default () => { let v = {}; for (let i = 0; i < 10000; i++) v = { v }; return v; };',
    );
    const { status, error } = await run(`${node('one')}<transform:module id="deep" src="./deep.mjs" after="one"/>`);
    expect([status, error?.code]).toEqual(['failed', 'VALUE_NOT_CLONEABLE']);
  });

  test('takes what has finished with another secret; a run of its own does not', async () => {
    const body = `<secrets><secret name="KEY"/></secrets>${node('sized', 'give="{{ size(secrets.KEY) }}"')}${node('last', 'fail="trip" input="sized.output"')}`;
    await run(body, { secrets: { KEY: 'hush-hush' } });
    mend();
    const resumed = await run(body, { resume: 'last', secrets: { KEY: 'hush-hush-42' } });
    const anew = await run(body, { secrets: { KEY: 'hush-hush-42' } });
    expect([resumed.output, anew.output]).toEqual([9, 12]);
  });

  test('keeps no result that holds a secret', async () => {
    const body = `<secrets><secret name="KEY"/></secrets>${node('open', 'give="{{ \'a-\' + secrets.KEY }}"')}${node('plain')}<parallel id="p"><branch>${node('held', 'give="{{ secrets.KEY }}"')}${node('behind', 'give="x"')}</branch></parallel>${node('last', 'fail="trip" after="open plain p"')}`;
    const secrets = { KEY: 'hush-hush-42' };
    const workflow = `<workflow name="recorded">${body}</workflow>`;
    engine = createEngine();
    const parsed = parseWorkflow(workflow, { file: join(folder, 'flow.xml') });
    await engine.run(parsed, { record: true, secrets });
    ran();
    mend();
    await engine.run(parsed, { resume: 'last', secrets });
    expect(ran()).toEqual(['last', 'open']);
    const runs = join(folder, '.flowscript/runs');
    const files = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(5);
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes('hush-hush')).toBe(false);
  });
});
