import { describe, expect, it } from 'vitest';
import { flow, modes, outputOf, run } from './run-flow.js';

const value = (id: string, json: unknown) => `<source:value id="${id}">${JSON.stringify(json)}</source:value>`;
const boom = (id: string, more = '') => `<transform:module id="${id}" src="kit:fail" code="BOOM">${more}</transform:module>`;

describe.each(modes)('conditions of branches, %s', (mode) => {
  it('read what stands around the block', async () => {
    const workflow = flow(`${value('a', 5)}
      <parallel id="p"><branch when="a.output &gt; 1">${value('x', 'ran')}</branch><branch when="a.output &gt; 9">${value('y', 2)}</branch></parallel>`);
    expect(await outputOf(workflow, mode)).toEqual(['ran', null]);
  });

  it('fail their branch when they cannot be evaluated', async () => {
    const block = (onError: string) =>
      flow(
        `<parallel id="p" onError="${onError}" maxConcurrency="1"><branch when="run.input.x &gt; 1">${value('x', 1)}</branch><branch>${value('y', 2)}</branch></parallel>`,
      );
    expect(await outputOf(block('continue'), mode, { input: {} })).toEqual([null, 2]);
    const { status, error } = await run(block('fail-fast'), mode, { input: {} });
    expect([status, error?.code, error?.path]).toEqual(['failed', 'FLOW_EXPRESSION_FAILED', 'p[0]']);
  });

  it('that are false do not win a race', async () => {
    const workflow = flow(
      `<parallel id="p" join="any"><branch when="false">${value('z', 1)}</branch><branch>${value('a', 'real')}</branch></parallel>`,
    );
    expect(await outputOf(workflow, mode)).toBe('real');
  });
});

describe.each(modes)('errors on the way, %s', (mode) => {
  it('in the condition of a retry go with the failure, which stays what it is', async () => {
    const retry = '<retry limit="1" delay="1ms" when="error.nope &gt; 1"/>';
    const single = await run(flow(boom('m', retry)), mode);
    expect([single.error?.code, single.error?.nodeId]).toEqual(['BOOM', 'm']);
    const message = expect.stringMatching(/^`when` of <retry> could not be evaluated: error has no field "nope"/);
    expect(single.error?.errors).toEqual([expect.objectContaining({ code: 'FLOW_EXPRESSION_FAILED', message })]);

    const each = await run(
      flow(`<foreach id="f" items="[1, 2, 3]" onError="continue" batch="1">${boom('m', retry)}</foreach>`),
      mode,
    );
    expect([each.status, each.output]).toEqual(['completed', [null, null, null]]);

    const block = await run(flow(`<if id="i" condition="true"><then>${boom('m')}</then>${retry}</if>`), mode);
    expect([block.error?.code, block.error?.errors.map(({ code }) => code)]).toEqual(['BOOM', ['FLOW_EXPRESSION_FAILED']]);
  });

  it.each(['when="run.input.nope.x"', 'input="run.input.nope.x"'])('in %s of a block reach its fallback', async (setting) => {
    const workflow = flow(
      `<if id="i" condition="true" ${setting}><then>${value('t', 1)}</then><fallback>${value('f', 'saved')}</fallback></if>`,
    );
    expect(await outputOf(workflow, mode)).toBe('saved');
  });

  it('leave nodes after a failure known as cancelled', async () => {
    const workflow = flow(`<parallel id="p"><branch>${value('a', 1)}${boom('b')}${value('c', 3)}</branch></parallel>
      <on-error><set name="seen" value="[a.status, b.status, c.status]" scope="workflow"/></on-error>`);
    expect((await run(workflow, mode)).state.globalContext['seen']).toEqual(['completed', 'failed', 'cancelled']);
  });

  it('give a fallback the input that its node had', async () => {
    const fallback = '<fallback><transform:select id="f">input</transform:select></fallback>';
    for (const node of [
      `<transform:module id="b" src="kit:fail" input="a.output">${fallback}</transform:module>`,
      `<if id="b" condition="true" input="a.output"><then>${boom('x')}</then>${fallback}</if>`,
    ]) {
      expect(await outputOf(flow(value('a', 'A') + node), mode)).toBe('A');
    }
  });
});

describe.each(modes)('variables in corners, %s', (mode) => {
  it('of a loser never leave a race', async () => {
    const workflow = flow(`
      <parallel id="p" join="any" conflict="last">
        <branch><set name="v" value="'winner'"/></branch>
        <branch><set name="v" value="'loser'"/><if id="i" condition="true"><then><transform:module id="z" src="kit:hang"/></then></if></branch>
      </parallel><output value="vars.v"/>`);
    expect(await outputOf(workflow, mode)).toBe('winner');
  });

  it('are seen in the nearest scope, within a task as between tasks', async () => {
    const workflow = flow(`<parallel id="p"><branch>
        <set name="x" value="1"/><set name="x" value="2" scope="workflow"/>
        <transform:select id="a">vars.x</transform:select>
        <transform:select id="b"><retry limit="1"/><expression>vars.x</expression></transform:select>
        <set name="x" value="3" scope="workflow"/><transform:select id="c">vars.x</transform:select>
      </branch></parallel><output value="[a.output, b.output, c.output]"/>`);
    expect(await outputOf(workflow, mode)).toEqual([1, 1, 1]);
  });

  it('that only some iterations write leave by the policy', async () => {
    const workflow = (batch: string) =>
      flow(`<foreach id="f" items="[1, 2, 3, 4]" conflict="list" batch="${batch}"><set name="v" value="item" when="item % 2 == 0" scope="workflow"/></foreach>
        <output value="vars.v"/>`);
    for (const batch of ['1', '4', 'auto']) expect(await outputOf(workflow(batch), mode)).toEqual([2, 4]);
  });

  it('of an attempt that failed are taken back before the next', async () => {
    const workflow = flow(`<set name="n" value="0"/>
      <if id="i" condition="true"><then><set name="n" value="vars.n + 1"/>${boom('m')}</then><retry limit="2" delay="1ms"/><fallback>${value('f', 1)}</fallback></if>
      <output value="vars.n"/>`);
    expect(await outputOf(workflow, mode)).toBe(1);
  });

  it('of outer phases are seen in inner ones', async () => {
    const workflow = flow(`
      <phase name="outer"><set name="y" value="'outer'" scope="phase"/><set name="z" value="'far'" scope="phase"/>
        <phase name="inner"><set name="z" value="'near'" scope="phase"/><transform:select id="r">[vars.y, vars.z]</transform:select></phase>
      </phase><output value="r.output"/>`);
    expect(await outputOf(workflow, mode)).toEqual(['outer', 'near']);
  });

  it('read as a whole are those set before', async () => {
    const workflow = flow(
      `<transform:module id="slow" src="kit:identity"/><transform:select id="r" after="slow">size(vars)</transform:select><set name="x" value="1"/><output value="r.output"/>`,
    );
    expect(await outputOf(workflow, mode)).toBe(0);
  });
});

describe.each(modes)('names in corners, %s', (mode) => {
  it('that are computed mean the nodes that stand before, whoever has finished', async () => {
    const workflow = flow(
      `${value('x', 'c')}<transform:select id="b">nodes[x.output].output</transform:select>${value('c', 'later')}<output value="b.output"/>`,
    );
    expect((await run(workflow, mode)).error).toMatchObject({ code: 'FLOW_EXPRESSION_FAILED', nodeId: 'b' });
  });

  it('bound by a foreach hide nothing of the run', async () => {
    const workflow = flow(
      '<foreach id="f" items="[1]" item="runInput"><transform:select id="s">[run.input, runInput]</transform:select></foreach>',
    );
    expect(await outputOf(workflow, mode, { input: 'in' })).toEqual([['in', 1]]);
  });

  it.each([
    ['input', '<foreach id="f" items="[1]"><transform:module id="u" src="kit:nothing"/>READ</foreach>', [true]],
    ['input', '<parallel id="p" input="run.input[0]"><branch>READ</branch></parallel>', [true]],
    ['item', '<foreach id="f" items="run.input">READ</foreach>', [true, false]],
    ['each', '<foreach id="f" items="run.input" item="each">READ</foreach>', [true, false]],
    [
      'each',
      '<foreach id="f" items="run.input" item="each"><if id="i" condition="each == null"><then>READ</then></if></foreach>',
      [true, null],
    ],
  ])('are null where what is bound to them is undefined: %s in %s', async (name, body, output) => {
    const read = `<transform:select id="r">${name} == null</transform:select>`;
    expect(await outputOf(flow(body.replace('READ', read)), mode, { input: [undefined, 1] })).toEqual(output);
  });

  it.each([
    ['transform:map', 'item == null', [true, false]],
    ['transform:filter', 'item == null', [undefined]],
    ['transform:reduce', 'acc == null ? item : acc', 1],
    [
      'transform:group',
      'item == null',
      [
        { key: true, items: [undefined] },
        { key: false, items: [1] },
      ],
    ],
  ])('are null for an undefined element of a list: %s', async (type, expression, output) => {
    const workflow = flow(`<${type} id="t">${expression}</${type}>`);
    expect(await outputOf(workflow, mode, { input: [undefined, 1] })).toEqual(output);
  });

  it('merge into an object as far as the join counts them', async () => {
    const workflow = flow(
      `<parallel id="p" join="1" losers="wait" merge="object" maxConcurrency="1"><branch name="a">${value('x', 1)}</branch><branch name="b">${value('y', 2)}</branch></parallel>`,
    );
    expect(await outputOf(workflow, mode)).toEqual({ a: 1 });
  });
});

describe.each(modes)('limits in corners, %s', (mode) => {
  it('of the flow hold for blocks that have none of their own', async () => {
    const crowd = (id: string) =>
      `<foreach id="${id}" items="[1, 2, 3]" after="wide"><transform:module id="${id}m" src="kit:crowd" input="run.input"/></foreach>`;
    const workflow = flow(
      `<parallel id="wide" maxConcurrency="4"><branch>${value('a', 1)}</branch></parallel>${crowd('f')}${crowd('g')}${crowd('h')}`,
      'maxConcurrency="1"',
    );
    const seats = new SharedArrayBuffer(8);
    await outputOf(workflow, mode, { input: seats, width: 'flow' });
    expect(new Int32Array(seats)[1]).toBe(1);
  });

  it('in days do not fire at once', async () => {
    const workflow = flow(
      `<parallel id="p" timeout="30d"><branch><transform:module id="m" src="kit:flaky" until="2"><retry delay="5ms"/></transform:module></branch></parallel>`,
      'timeout="40d"',
    );
    expect(await outputOf(workflow, mode)).toEqual([{ input: null, attempt: 2 }]);
  });

  it('of time reach a loop that has no work', async () => {
    const workflow = flow(
      `<loop id="l" maxIterations="100000000" timeout="80ms" onMax="continue"><if id="i" condition="false"><then>${value('x', 1)}</then></if></loop>`,
    );
    expect((await run(workflow, mode)).error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'l' });
  });

  it('hold for bodies of very many nodes', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => `<set name="v${n}" value="${n}"/>`).join('');
    const workflow = flow(`<if id="i" condition="false"><then>${many}</then></if><output value="i.output"/>`);
    expect(await outputOf(workflow, mode)).toBe(null);
  }, 60_000);

  it('of listeners are not reached by many blocks at once', async () => {
    const branch = (n: number) => `<branch><parallel id="p${n}"><branch>${value(`v${n}`, n)}</branch></parallel></branch>`;
    const workflow = flow(
      `<parallel id="p" maxConcurrency="50">${Array.from({ length: 50 }, (_, n) => branch(n)).join('')}</parallel>`,
    );
    expect(await outputOf(workflow, mode)).toHaveLength(50);
  });
});

describe.each(modes)('what is told, %s', (mode) => {
  it('names the item that it comes from, in a batch too', async () => {
    const workflow = flow(
      '<foreach id="f" items="[0, 1, 2, 3]" batch="4"><sink:log id="l" message="item {{ item }}"/></foreach>',
    );
    const { events } = await run(workflow, mode);
    const logs = events.flatMap((event) => (event.type === 'log' ? [`${event.path} ${event.message}`] : []));
    // Two threads may share the batch.
    expect(logs.sort()).toEqual([0, 1, 2, 3].map((n) => `f[${n}]/l item ${n}`));
  });

  it('tells of a start once, however often it is tried', async () => {
    const workflow = flow(
      `<parallel id="p"><branch><transform:module id="m" src="kit:flaky" until="3"><retry delay="1ms"/></transform:module>${value('v', 1)}</branch></parallel>`,
    );
    const { events } = await run(workflow, mode);
    const told = events.flatMap((event) =>
      event.type.startsWith('node.') && 'nodeId' in event ? [`${event.type} ${event.nodeId}`] : [],
    );
    expect(told).toEqual([
      'node.started p',
      'node.started m',
      'node.retrying m',
      'node.retrying m',
      'node.finished m',
      'node.started v',
      'node.finished v',
      'node.finished p',
    ]);
  });
});
