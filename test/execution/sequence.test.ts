import { describe, expect, it } from 'vitest';
import type { FlowEvent } from '#src/types/events.js';
import { flow, modes, outputOf, run } from './run-flow.js';

describe.each(modes)('a flow, %s', (mode) => {
  it('hands the flow input to nodes without one, and each output on inside a body', async () => {
    const workflow = flow(`
      <transform:select id="a">input + 1</transform:select>
      <transform:select id="b">input * 10</transform:select>
      <if id="i" condition="true"><then>
        <transform:select id="c">input + 5</transform:select>
        <transform:select id="d">input * 2</transform:select>
      </then></if>
      <output value="[a.output, b.output, i.output]"/>`);
    expect(await outputOf(workflow, mode, { input: 1 })).toEqual([2, 10, 12]);
  });

  it('orders nodes by what they read, not by where they stand', async () => {
    const workflow = flow(`
      <transform:select id="last" input="first.output">input + 'c'</transform:select>
      <transform:select id="first" input="'a'">input + 'b'</transform:select>
      <output value="last.output"/>`);
    expect(await outputOf(workflow, mode)).toBe('abc');
  });

  it.each(['ready', 'waves'])('keeps order without data by after, schedule %s', async (schedule) => {
    const log = new SharedArrayBuffer(64);
    const note = (mark: number, more: string) => `<transform:module id="n${mark}" src="kit:note" mark="${mark}" ${more}/>`;
    const workflow = flow(
      `<config><param name="log" type="json"/></config>${note(1, 'after="n2"')}${note(2, 'after="n3"')}${note(3, '')}`,
      `schedule="${schedule}"`,
    );
    await outputOf(workflow, mode, { config: { log } });
    expect([...new Int32Array(log)].slice(0, 4)).toEqual([3, 3, 2, 1]);
  });

  it('skips a node whose when is false, with null for its output', async () => {
    const workflow = flow(`
      <transform:select id="a" when="run.input &gt; 5">1</transform:select>
      <transform:select id="b">[a.output, a.status]</transform:select>`);
    expect(await outputOf(workflow, mode, { input: 1 })).toEqual([null, 'skipped']);
    expect(await outputOf(workflow, mode, { input: 9 })).toEqual([1, 'completed']);
  });

  it('refuses a when that is neither true nor false', async () => {
    for (const body of [
      '<transform:select id="a" when="run.input">1</transform:select>',
      '<if id="a" condition="run.input"><then/></if>',
    ]) {
      const { error } = await run(flow(body), mode, { input: 1 });
      expect(error).toMatchObject({ code: 'FLOW_EXPRESSION_FAILED', nodeId: 'a' });
    }
  });

  it('takes the first match, otherwise the otherwise, otherwise nothing', async () => {
    const workflow = (otherwise: string) =>
      flow(`<branch id="b"><match when="run.input == 1"><transform:select id="one">'one'</transform:select></match>
        <match when="run.input &lt; 3"><transform:select id="few">'few'</transform:select></match>${otherwise}</branch>
        <transform:select id="r">[b.output, b.status, one.status]</transform:select>`);
    const full = workflow(`<otherwise><transform:select id="many">'many'</transform:select></otherwise>`);
    expect(await outputOf(full, mode, { input: 1 })).toEqual(['one', 'completed', 'completed']);
    expect(await outputOf(full, mode, { input: 2 })).toEqual(['few', 'completed', 'skipped']);
    expect(await outputOf(full, mode, { input: 3 })).toEqual(['many', 'completed', 'skipped']);
    expect(await outputOf(workflow(''), mode, { input: 3 })).toEqual([null, 'skipped', 'skipped']);
  });

  it('loops until a break, while a condition holds, and no longer than it may', async () => {
    const counting = (block: string) =>
      flow(`<set name="n" value="0"/>${block}<transform:select id="r">vars.n</transform:select>`);
    const step = '<set name="n" value="vars.n + 1"/>';
    const loop = (more: string) =>
      counting(`<loop id="l" ${more}>${step}<if id="i" condition="vars.n == 4"><then><break/></then></if></loop>`);
    expect(await outputOf(loop('maxIterations="9"'), mode)).toBe(4);
    expect(await outputOf(loop('maxIterations="2" onMax="continue"'), mode)).toBe(2);
    expect((await run(loop('maxIterations="2"'), mode)).error).toMatchObject({ code: 'LOOP_LIMIT', nodeId: 'l' });
    const whiled = counting(`<while id="w" condition="vars.n &lt; 3 &amp;&amp; index &lt; 9" maxIterations="9">${step}</while>`);
    expect(await outputOf(whiled, mode)).toBe(3);
  });

  it('keeps phase variables in their phase', async () => {
    const workflow = flow(`
      <phase name="one"><set name="x" value="1" scope="phase"/><transform:select id="a">vars.x</transform:select></phase>
      <phase name="two"><transform:select id="b">has(vars.x)</transform:select></phase>
      <output value="[a.output, b.output]"/>`);
    expect(await outputOf(workflow, mode)).toEqual([1, false]);
  });

  it('gives user functions their context', async () => {
    const workflow = flow(`
      <config><param name="top" type="number" default="3"/></config><secrets><secret name="KEY"/></secrets>
      <foreach id="f" items="['x']"><transform:module id="m" src="kit:context" mark="{{ item }}-{{ config.top }}"><option name="deep" value="{{ [1] }}"/></transform:module></foreach>`);
    const { output, events } = await run(workflow, mode, { secrets: { KEY: 'k' } });
    const options = { mark: 'x-3', deep: [1] };
    expect(output).toEqual([
      { input: 'x', options, config: { top: 3 }, secrets: { KEY: 'k' }, item: 'x', index: 0, attempt: 1, runId: 'string' },
    ]);
    expect(events.filter(({ type }) => type === 'log' || type === 'progress')).toMatchObject([
      { type: 'log', level: 'warn', message: `options ${JSON.stringify(options)}`, nodeId: 'm' },
      { type: 'progress', done: 1, total: 2 },
    ]);
  });

  it('reads any node by a computed name', async () => {
    const workflow = flow(`
      <transform:select id="a-1">'first'</transform:select><transform:select id="a-2">'second'</transform:select>
      <transform:select id="r">nodes['a-' + string(run.input)].output</transform:select>`);
    expect(await outputOf(workflow, mode, { input: 2 })).toBe('second');
  });
});

describe.each(modes)('when a node fails, %s', (mode) => {
  it('says what, where and why', async () => {
    const { status, error, output } = await run(
      flow('\n  <transform:module id="m" src="kit:fail" code="TEAPOT" message="short and stout"/>'),
      mode,
      { input: 5 },
    );
    expect([status, output]).toEqual(['failed', null]);
    expect(error).toMatchObject({
      code: 'TEAPOT',
      name: 'Error',
      message: 'short and stout',
      nodeId: 'm',
      path: 'm',
      attempt: 1,
      source: { line: 2, column: 3 },
      fields: { extra: { input: 5 } },
      cause: { name: 'TypeError', message: 'the deeper reason' },
    });
    expect(error?.stack).toContain('kit.mjs');
  });

  it('re-tries by the first policy that holds, each with its own count', async () => {
    const workflow = flow(`
      <transform:module id="m" src="kit:flaky" until="4">
        <retry limit="5" delay="1ms" when="error.code == 'OTHER'"/>
        <retry limit="3" delay="1ms" when="error.message.startsWith('attempt')"/>
      </transform:module>`);
    const { output, state, events } = await run(workflow, mode, { input: 'in' });
    expect(output).toEqual({ input: 'in', attempt: 4 });
    expect(state.nodeResults.get('m')?.attempts).toBe(4);
    expect(events.flatMap((event) => (event.type === 'node.retrying' ? [event.attempt] : []))).toEqual([1, 2, 3]);
  });

  it('falls back once the re-tries are spent, with the error in scope and the node input', async () => {
    const workflow = flow(`
      <transform:module id="m" src="kit:fail" code="X" input="'given'">
        <retry limit="1" delay="1ms"/>
        <fallback><transform:select id="f">[error.code, error.attempt, error.cause.message, error.nodeId]</transform:select></fallback>
      </transform:module>
      <transform:select id="r">[m.output, m.status]</transform:select>`);
    expect(await outputOf(workflow, mode)).toEqual([['X', 2, 'the deeper reason', 'm'], 'completed']);
  });

  it('goes on in the same body after a fallback', async () => {
    const workflow = flow(`
      <parallel id="p"><branch>
        <transform:select id="a">1</transform:select>
        <transform:module id="b" src="kit:fail"><fallback><transform:select id="f">input + 1</transform:select></fallback></transform:module>
        <transform:select id="c">input + 10 * a.output</transform:select>
      </branch></parallel>`);
    expect(await outputOf(workflow, mode)).toEqual([12]);
  });

  it('re-tries and falls back for whole blocks too', async () => {
    const workflow = flow(`
      <parallel id="p">
        <branch><source:value id="ok">1</source:value></branch><branch><transform:module id="bad" src="kit:fail" code="Y"/></branch>
        <retry limit="2" delay="1ms"/>
        <fallback><transform:select id="f">error.code + '!'</transform:select></fallback>
      </parallel>`);
    const { output, state } = await run(workflow, mode);
    expect([output, state.nodeResults.get('p')?.attempts]).toEqual(['Y!', 3]);
  });

  it('lets a fallback read what its block had come to', async () => {
    const workflow = flow(`
      <parallel id="p" onError="wait">
        <branch><source:value id="ok">1</source:value></branch><branch><transform:module id="bad" src="kit:fail" code="Y"/></branch>
        <fallback><transform:select id="f">[p.output, p.status, ok.output, bad.error.code]</transform:select></fallback>
      </parallel>`);
    expect(await outputOf(workflow, mode)).toEqual([[1, null], 'failed', 1, 'Y']);
  });

  it('fails with the code that it is given, which may be that of another', async () => {
    const again = '<fallback><fail id="f" code="AGAIN_{{ error.code }}" message="{{ error.message }}!"/></fallback>';
    const { error } = await run(flow(`<transform:module id="m" src="kit:fail" code="X">${again}</transform:module>`), mode);
    expect([error?.code, error?.message]).toEqual(['AGAIN_X', 'on purpose!']);
  });

  it('carries the first failure when the fallback fails too', async () => {
    const workflow = flow(
      `<transform:module id="m" src="kit:fail" code="FIRST"><fallback><fail code="SECOND" message="too"/></fallback></transform:module>`,
    );
    const { error } = await run(workflow, mode);
    expect([error?.code, error?.errors.map(({ code }) => code)]).toEqual(['SECOND', ['FIRST']]);
  });

  it('runs on-error after a failure only, and finally always', async () => {
    const workflow = (body: string) =>
      flow(`${body}
      <on-error><set name="seen" value="error.code" scope="workflow"/></on-error>
      <finally><set name="done" value="true" scope="workflow"/></finally>`);
    const failed = await run(
      workflow('<fail code="F" message="m {{ run.input }}"/><transform:select id="x">1</transform:select>'),
      mode,
      { input: 1 },
    );
    expect([failed.status, failed.error?.message]).toEqual(['failed', 'm 1']);
    expect(failed.state.globalContext).toMatchObject({ seen: 'F', done: true });
    const good = await run(workflow('<transform:select id="x">1</transform:select>'), mode);
    expect([good.status, good.output]).toEqual(['completed', 1]);
    expect({ ...good.state.globalContext }).toEqual({ done: true });
  });

  it('stops what runs beside it and keeps what had finished', async () => {
    const workflow = flow(`
      <transform:select id="early">'kept'</transform:select>
      <transform:module id="never" src="kit:hang" after="early"/>
      <transform:module id="bad" src="kit:fail" code="B" after="early"/>
      <transform:select id="later" after="bad">1</transform:select>`);
    const { status, error, nodes } = await run(workflow, mode);
    expect([status, error?.code]).toEqual(['failed', 'B']);
    expect(nodes).toMatchObject({
      early: ['completed', 'kept'],
      never: ['cancelled', undefined],
      later: ['cancelled', undefined],
    });
  });

  it('says when an expression fails, and where in the file', async () => {
    const { error } = await run(
      flow('\n<source:value id="a">{"rows": 1}</source:value>\n<transform:select id="b">a.output.rwos</transform:select>'),
      mode,
    );
    expect(error).toMatchObject({ code: 'FLOW_EXPRESSION_FAILED', nodeId: 'b', source: { line: 3 } });
  });
});

describe.each(modes)('time and cancelling, %s', (mode) => {
  it('stops an attempt that yields when its time is up, and tries again', async () => {
    const workflow = flow(
      `<transform:module id="m" src="kit:hang" timeout="40ms"><retry limit="1" delay="1ms"/></transform:module>`,
    );
    const { error, state } = await run(workflow, mode);
    expect(error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'm', attempt: 2 });
    expect(state.nodeResults.get('m')?.attempts).toBe(2);
  });

  it('stops a block when its time is up', async () => {
    const workflow = flow(`
      <parallel id="p" timeout="700ms"><branch><source:value id="a">1</source:value></branch><branch><transform:module id="b" src="kit:hang"/></branch></parallel>`);
    const { error, nodes } = await run(workflow, mode);
    expect(error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'p' });
    expect(nodes['p']).toEqual(['failed', [1, null]]);
  });

  it('stops the flow when its time is up, blames no node for it, and still runs finally', async () => {
    const block = (id: string) => `<foreach id="${id}" items="[1]"><transform:module id="${id}-inner" src="kit:hang"/></foreach>`;
    const workflow = flow(
      `<transform:module id="m" src="kit:hang"/>${block('p')}${block('q')}<finally><set name="done" value="1" scope="workflow"/></finally>`,
      'timeout="50ms"',
    );
    const { status, error, state } = await run(workflow, mode);
    expect([status, error?.code, error?.nodeId, error?.errors]).toEqual(['failed', 'FLOW_TIMEOUT', undefined, []]);
    expect(['m', 'p', 'q'].map((id) => state.nodeResults.get(id)?.status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(state.globalContext['done']).toBe(1);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const workflow = flow(`
      <parallel id="p" maxConcurrency="2"><branch><transform:module id="a" src="kit:hang"/></branch><branch><transform:module id="b" src="kit:hang"/></branch></parallel>
      <on-error><set name="seen" value="1" scope="workflow"/></on-error>`);
    const onEvent = (event: FlowEvent) => {
      if (event.type === 'node.started' && event.nodeId === 'b') controller.abort();
    };
    const { status, error, state } = await run(workflow, mode, { signal: controller.signal, onEvent });
    expect([status, error?.code]).toEqual(['cancelled', 'RUN_CANCELLED']);
    expect(state.globalContext['seen']).toBeUndefined();
    expect(state.nodeResults.get('a')?.status).toBe('cancelled');
  });

  it('does not start at all when it was cancelled before', async () => {
    const { status, nodes } = await run(flow('<transform:select id="a">1</transform:select>'), mode, {
      signal: AbortSignal.abort(),
    });
    expect([status, nodes]).toEqual(['cancelled', { a: ['cancelled', undefined] }]);
  });
});

describe('threads alone', () => {
  it('stop a loop that never yields', async () => {
    const workflow = flow('<transform:module id="m" src="kit:spin" timeout="100ms"/>');
    expect((await run(workflow, 'threads')).error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'm' });
  });

  it('survive a worker that exits', async () => {
    const workflow = flow(`
      <foreach id="f" items="[1, 2, 3, 4]" batch="2" onError="continue">
        <if id="i" condition="item == 2"><then><transform:module id="bad" src="kit:exit"/></then><else><transform:module id="ok" src="kit:square" input="item"/></else></if>
      </foreach>`);
    const { output, state } = await run(workflow, 'threads');
    expect(output).toEqual([1, null, 9, 16]);
    expect(state.nodeResults.get('f')?.failures).toMatchObject([{ index: 1, error: { code: 'WORKER_EXITED', nodeId: 'bad' } }]);
  });
});
