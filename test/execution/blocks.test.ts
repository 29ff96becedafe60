import { describe, expect, it } from 'vitest';
import type { FlowEvent } from '#src/types/events.js';
import { flow, modes, outputOf, run } from './run-flow.js';

const value = (id: string, json: unknown) => `<source:value id="${id}">${JSON.stringify(json)}</source:value>`;
const branches = (...bodies: string[]) => bodies.map((body) => `<branch>${body}</branch>`).join('');

describe.each(modes)('parallel, %s', (mode) => {
  it('gives outputs in branch order and shows the nodes inside afterwards', async () => {
    const workflow = flow(`
      <parallel id="p">${branches(value('a', 1), value('b', [2]), value('c', { n: 3 }))}</parallel>
      <transform:select id="sum" input="{'a': a.output, 'b': b.output[0], 'c': c.output.n}">input.a + input.b + input.c</transform:select>`);
    const { status, nodes } = await run(workflow, mode);
    expect(status).toBe('completed');
    expect(nodes).toMatchObject({ p: ['completed', [1, [2], { n: 3 }]], sum: ['completed', 6] });
  });

  it('gives each branch the input of the block and its own index', async () => {
    const body = (id: string) => `<transform:select id="${id}">[input.x, branch]</transform:select>`;
    const workflow = flow(`<parallel id="p" input="{'x': run.input}">${branches(body('a'), body('b'))}</parallel>`);
    expect(await outputOf(workflow, mode, { input: 7 })).toEqual([
      [7, 0],
      [7, 1],
    ]);
  });

  it('runs the branches at once, up to the limit of the block', async () => {
    const meet = (id: string, parties = 3) => `<transform:module id="${id}" src="kit:meet" parties="${parties}"/>`;
    const together = flow(`<parallel id="p" maxConcurrency="3">${branches(meet('a'), meet('b'), meet('c'))}</parallel>`);
    const shared = new SharedArrayBuffer(8);
    expect(await outputOf(together, mode, { input: shared })).toEqual(['met', 'met', 'met']);

    const crowd = (id: string) => `<transform:module id="${id}" src="kit:crowd"/>`;
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const limited = flow(`<parallel id="p" maxConcurrency="2">${branches(...ids.map(crowd))}</parallel>`);
    const seats = new SharedArrayBuffer(8);
    await run(limited, mode, { input: seats });
    expect(new Int32Array(seats)[1]).toBeLessThanOrEqual(2);
    const pairs = flow(`<parallel id="p" maxConcurrency="2">${branches(meet('a', 2), meet('b', 2))}</parallel>`);
    expect(await outputOf(pairs, mode, { input: new SharedArrayBuffer(8) })).toEqual(['met', 'met']);
  });

  it('leaves out branches whose when is false', async () => {
    const workflow = flow(`
      <parallel id="p"><branch name="x" when="branch == 1">${value('a', 1)}</branch><branch when="branch == 1">${value('b', 2)}</branch></parallel>`);
    const { nodes, output } = await run(workflow, mode);
    expect(output).toEqual([null, 2]);
    expect(nodes['a']).toEqual(['skipped', null]);
  });

  it.each([
    ['merge="concat"', [1, 2, 3]],
    ['merge="branches.map(b, size(b))"', [2, 1]],
    ['merge="array"', [[1, 2], [3]]],
  ])('merges by %s', async (merge, expected) => {
    const workflow = flow(`<parallel id="p" ${merge}>${branches(value('a', [1, 2]), value('b', [3]))}</parallel>`);
    expect(await outputOf(workflow, mode)).toEqual(expected);
  });

  it('merges into an object by branch name', async () => {
    const named = `<branch name="left">${value('a', 1)}</branch><branch name="right">${value('b', 2)}</branch>`;
    expect(await outputOf(flow(`<parallel id="p" merge="object">${named}</parallel>`), mode)).toEqual({ left: 1, right: 2 });
  });

  it('lets written variables out by its conflict policy, in branch order', async () => {
    const set = (n: number) => `<branch><set name="x" value="${n}" scope="workflow"/></branch>`;
    const outcomes: unknown[] = [];
    for (const policy of ['first', 'last', 'list']) {
      const workflow = flow(`<parallel id="p" conflict="${policy}">${set(1)}${set(2)}${set(3)}</parallel>
        <transform:select id="x">vars.x</transform:select>`);
      outcomes.push((await run(workflow, mode)).output);
    }
    expect(outcomes).toEqual([1, 3, [1, 2, 3]]);
  });

  it('fails fast: the first failure stops a sibling that would never end, and what finished can be read', async () => {
    const workflow = flow(`
      <parallel id="p" maxConcurrency="3">
        ${branches(value('a', 'early'), '<transform:module id="b" src="kit:hang"/>', '<transform:module id="c" src="kit:failAtGate" code="BOOM" input="run.input"/>')}
      </parallel>
      <transform:select id="never">1</transform:select>
      <on-error><set name="seen" value="{'a': a.output, 'p': p.output, 'b': b.status, 'code': error.code, 'id': error.nodeId}" scope="workflow"/></on-error>`);
    const gate = new SharedArrayBuffer(4);
    const onEvent = (event: FlowEvent) => {
      if (event.type === 'node.finished' && event.nodeId === 'a') Atomics.store(new Int32Array(gate), 0, 1);
    };
    const { status, error, nodes, state } = await run(workflow, mode, { input: gate, onEvent });
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'BOOM', nodeId: 'c', path: 'p[2]/c', message: 'on purpose', attempt: 1 });
    expect(error?.errors).toEqual([]);
    expect(nodes['b']).toEqual(['cancelled', undefined]);
    expect(state.globalContext['seen']).toEqual({ a: 'early', p: ['early', null, null], b: 'cancelled', code: 'BOOM', id: 'c' });
  });

  it('wait runs all and keeps every failure; continue goes on', async () => {
    const fail = (id: string) => `<transform:module id="${id}" src="kit:fail" code="${id.toUpperCase()}"/>`;
    const body = branches(value('ok', 1), fail('x'), fail('y'));
    const waited = await run(flow(`<parallel id="p" onError="wait">${body}</parallel>`), mode);
    expect([waited.error?.code, waited.error?.errors.map(({ code }) => code)]).toEqual(['X', ['Y']]);

    const workflow = flow(`<parallel id="p" onError="continue">${body}</parallel>
      <transform:select id="after">p.failures.map(f, {'i': f.index, 'code': f.code})</transform:select>`);
    const continued = await run(workflow, mode);
    expect(continued.nodes['p']).toEqual(['completed', [1, null, null]]);
    expect(continued.output).toEqual([
      { i: 1, code: 'X' },
      { i: 2, code: 'Y' },
    ]);
  });

  it('races: any gives the winner and stops a loser that would never end', async () => {
    const race = branches(
      '<transform:module id="slow" src="kit:hang"/>',
      value('fast', 'won'),
      '<transform:module id="bad" src="kit:fail"/>',
    );
    const { output, nodes, status } = await run(flow(`<parallel id="p" join="any">${race}</parallel>`), mode);
    expect([status, output, nodes['slow']]).toEqual(['completed', 'won', ['cancelled', undefined]]);
  });

  it('finishes when blocks are nested deep and only one may work', async () => {
    const nest = (depth: number, id: string): string =>
      depth === 0
        ? `<transform:module id="${id}" src="kit:identity" input="${depth}"/>`
        : `<parallel id="p${id}">${branches(nest(depth - 1, `${id}l`), nest(depth - 1, `${id}r`))}</parallel>`;
    const { output, status } = await run(flow(nest(5, 'n'), 'maxConcurrency="1"'), mode, { width: 1 });
    expect(status).toBe('completed');
    expect((output as unknown[]).flat(9)).toHaveLength(32);
  });

  it('keeps what a branch does to its values from every other', async () => {
    const vandal = (id: string) => `<transform:module id="${id}" src="kit:vandal" input="data.output"/>`;
    const workflow = flow(
      `
      ${value('data', { list: [1, { deep: [2] }], text: 'x' })}
      <parallel id="p">${branches(vandal('a') + vandal('a2'), vandal('b'))}</parallel>
      <transform:select id="after">[data.output, config.keep]</transform:select>
      `.replace('<source:value', '<config><param name="keep" type="json" default="{&quot;k&quot;:[1]}"/></config><source:value'),
    );
    const before = { list: [1, { deep: [2] }], text: 'x' };
    expect(await outputOf(workflow, mode)).toEqual([before, { k: [1] }]);
  });
});

describe.each(modes)('foreach, %s', (mode) => {
  it('lets items race one by one, however short others of earlier runs were', async () => {
    const all = (join: string) =>
      flow(`<foreach id="f" items="run.input" join="${join}"><transform:module id="m" src="kit:stall"/></foreach>`);
    await outputOf(all('all'), mode, { input: new Array(500).fill(1) });
    expect(await outputOf(all('any'), mode, { input: Array.from({ length: 40 }, (_, index) => index) })).toBeOneOf([1, 2, 3]);
  });

  it('runs the body per item, under its names, in item order', async () => {
    const workflow = flow(`
      <foreach id="f" items="run.input" item="doc" index="i">
        <transform:select id="a">input * 2</transform:select>
        <transform:select id="b">{'doc': doc, 'i': i, 'twice': input, 'a': a.output}</transform:select>
      </foreach>`);
    const { output } = await run(workflow, mode, { input: [5, 6] });
    expect(output).toEqual([
      { doc: 5, i: 0, twice: 10, a: 10 },
      { doc: 6, i: 1, twice: 12, a: 12 },
    ]);
  });

  it.each([[[]], [[1]], [Array.from({ length: 1000 }, (_, n) => n)], [new Float64Array([1.5, 2.5])]])(
    'over %o',
    async (items) => {
      const workflow = flow('<foreach id="f" items="run.input"><transform:module id="s" src="kit:square"/></foreach>');
      expect(await outputOf(workflow, mode, { input: items })).toEqual(Array.from(items, (n) => n * n));
    },
  );

  it('takes many items a task when told so, one outcome each', async () => {
    const workflow = flow(`
      <foreach id="f" items="run.input" batch="7" onError="continue">
        <transform:module id="s" src="kit:flaky" until="{{ item % 3 == 0 ? 9 : 1 }}"/>
      </foreach>`);
    const { output, nodes, state } = await run(workflow, mode, { input: Array.from({ length: 20 }, (_, n) => n) });
    expect(output).toEqual(Array.from({ length: 20 }, (_, n) => (n % 3 === 0 ? null : { input: n, attempt: 1 })));
    expect(nodes['s']).toBeUndefined();
    expect(state.nodeResults.get('f')?.failures?.map(({ index }) => index)).toEqual([0, 3, 6, 9, 12, 15, 18]);
  });

  it('lets none that may be tried again wait for others, however short they were in earlier runs', async () => {
    const retried = flow(`
      <foreach id="f" items="run.input"><transform:module id="s" src="kit:opensOnRetry"><retry limit="1" delay="0ms"/></transform:module></foreach>`);
    const gates = (isOpen: boolean, count: number) =>
      new Array(count).fill(new Int32Array(new SharedArrayBuffer(4)).fill(Number(isOpen)).buffer);
    await outputOf(retried, mode, { input: gates(true, 200) });
    expect(await outputOf(retried, mode, { input: gates(false, 12) })).toHaveLength(12);
  });

  it('re-tries single items, whatever the batch', async () => {
    const workflow = flow(`
      <foreach id="f" items="run.input" batch="5">
        <transform:module id="s" src="kit:flaky" until="{{ item % 3 == 0 ? 3 : 1 }}"><retry limit="2" delay="1ms"/></transform:module>
      </foreach>`);
    const { output, events } = await run(workflow, mode, { input: [0, 1, 2, 3, 4, 5, 6] });
    expect((output as { attempt: number }[]).map(({ attempt }) => attempt)).toEqual([3, 1, 1, 3, 1, 1, 3]);
    expect(events.filter(({ type }) => type === 'node.retrying')).toHaveLength(6);
  });

  it('tells of each item, and of the block, that a fallback made up for', async () => {
    const value = (id: string, inside = '1') => `<source:value id="${id}" value="${inside}"/>`;
    const { output, events } = await run(
      flow(`
      <foreach id="f" items="[0, 1, 0]" batch="3">
        <transform:select id="s">{'n': 1 / item}<fallback>${value('zero')}</fallback></transform:select>
      </foreach>
      <foreach id="g" items="[0]"><transform:select id="t">1 / item<fallback><fail code="NO" message="no"/></fallback></transform:select>
        <fallback>${value('none', '[]')}</fallback>
      </foreach>`),
      mode,
    );
    expect(output).toEqual([]);
    const rescued = events.flatMap((event) => (event.type === 'node.rescued' ? [[event.path, event.error.code]] : []));
    expect(rescued.sort()).toEqual([
      ['f[0]/s', 'FLOW_EXPRESSION_FAILED'],
      ['f[2]/s', 'FLOW_EXPRESSION_FAILED'],
      ['g', 'NO'],
    ]);
  });

  it.each([
    ['toleratedFailures="34%" onError="continue"', 'completed', undefined],
    ['toleratedFailures="33%" onError="continue"', 'failed', 'TOLERATED_FAILURES_EXCEEDED'],
    ['toleratedFailures="4"', 'completed', undefined],
    ['', 'failed', 'ODD'],
    ['join="5"', 'completed', undefined],
    ['join="9"', 'failed', 'JOIN_UNREACHABLE'],
  ])('of twelve items of which four fail, with %s, is %s', async (settings, status, code) => {
    const workflow = flow(`
      <foreach id="f" items="run.input" ${settings}>
        <if id="i" condition="item % 3 == 0"><then><fail code="ODD" message="no {{ item }}"/></then></if>
      </foreach>`);
    const result = await run(workflow, mode, { input: Array.from({ length: 12 }, (_, n) => n) });
    expect([result.status, result.error?.code]).toEqual([status, code]);
  });

  it.each([
    ['onError="fail-fast"', 1],
    ['onError="finish"', 1],
    ['toleratedFailures="2" onError="finish"', 3],
  ])('starts nothing more once %s knows that it has failed', async (policy, failures) => {
    const workflow = flow(
      `<foreach id="f" items="lists.range(20)" batch="1" maxConcurrency="1" ${policy}><fail message="{{ item }}"/></foreach>`,
    );
    const { events } = await run(workflow, mode);
    expect(events.filter(({ type }) => type === 'block.progress').at(-1)).toMatchObject({ failed: failures, done: failures });
  });

  it.each(['onError="finish"', 'toleratedFailures="0" onError="finish"', 'join="100%" onError="finish"'])(
    'lets what has begun make another attempt once %s starts nothing more',
    async (policy) => {
      const workflow = flow(`
      <foreach id="f" items="[0, 1, 2, 3]" maxConcurrency="1" ${policy}>
        <transform:select id="w">item == 0 ? input.nope : item == 1 ? [1][5] : item
          <retry limit="1" delay="20ms" when="item == 0"/>
        </transform:select>
      </foreach>`);
      const { status, events } = await run(workflow, mode);
      const attempts = events.filter(({ type }) => type === 'node.retrying');
      expect([status, attempts.length]).toEqual(['failed', 1]);
    },
  );

  it('runs blocks within its body, each iteration on its own', async () => {
    const workflow = flow(`
      <foreach id="f" items="run.input">
        <parallel id="p"><branch><transform:select id="a">item + 1</transform:select></branch><branch><transform:select id="b">item + 2</transform:select></branch></parallel>
        <foreach id="g" items="[a.output, b.output]" item="x"><transform:select id="h">x * index</transform:select></foreach>
      </foreach>`);
    expect(await outputOf(workflow, mode, { input: [10, 20] })).toEqual([
      [0, 12],
      [0, 22],
    ]);
  });

  it('says what came when its items are no list', async () => {
    const { error } = await run(flow('<foreach id="f" items="run.input"><set name="x" value="1"/></foreach>'), mode, {
      input: { a: 1 },
    });
    expect(error).toMatchObject({ code: 'NODE_INPUT_INVALID', nodeId: 'f', source: { line: 1 } });
  });

  it('tells of its progress up to the end', async () => {
    const workflow = flow('<foreach id="f" items="run.input"><transform:module id="s" src="kit:square"/></foreach>');
    const { events } = await run(workflow, mode, { input: Array.from({ length: 300 }, (_, n) => n) });
    const progress = events.flatMap((event) => (event.type === 'block.progress' ? [[event.done, event.total]] : []));
    expect(progress.at(0)).toEqual([0, 300]);
    expect(progress.at(-1)).toEqual([300, 300]);
  });
});
