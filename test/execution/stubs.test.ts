import { describe, expect, it } from 'vitest';
import { stubWorkflow } from '#src/index.js';
import { flow, modes, run } from './run-flow.js';

const fetching = `
  <parallel id="fetch">
    <branch><source:http id="left" url="http://127.0.0.1:9/left"/></branch>
    <branch><source:http id="right" url="http://127.0.0.1:9/right"/></branch>
  </parallel>
  <foreach id="scored" items="left.output + right.output" item="n">
    <transform:module id="score" src="kit:identity" input="n"><retry limit="2"/></transform:module>
    <transform:select id="twice">input * 2</transform:select>
  </foreach>`;

describe.each(modes)('stubs in mode %s', (mode) => {
  it('stand for nodes, at the top, in branches and in iterations', async () => {
    const original = flow(`${fetching}<output value="[fetch.output, scored.output]"/>`);
    const stubs = { left: { output: [1, 2] }, right: { output: [3] }, score: { outputs: [10, { kind: 'x' }, null] } };
    const twice = { twice: { outputs: ['a', 'b', 'c'] } };
    expect((await run(stubWorkflow(original, { ...stubs, ...twice }), mode)).output).toEqual([
      [[1, 2], [3]],
      ['a', 'b', 'c'],
    ]);
    expect((await run(stubWorkflow(original, { ...stubs, score: { output: 5 } }), mode)).output).toMatchObject([
      {},
      [10, 10, 10],
    ]);
    expect((await run(original, mode)).error).toMatchObject({ code: 'HTTP_FAILED' });
  });

  it('stand for whole blocks', async () => {
    const result = await run(
      stubWorkflow(flow(`${fetching}<output value="scored.output"/>`), {
        left: { output: [] },
        right: { output: [] },
        scored: { output: 'all' },
      }),
      mode,
    );
    expect(result).toMatchObject({ status: 'completed', output: 'all' });
  });

  it('fail as they are told to, and are re-tried and rescued as the node would be', async () => {
    const body = (inside: string) =>
      flow(`<source:http id="a" url="http://127.0.0.1:9/">${inside}</source:http><output value="a.output"/>`);
    const error = { code: 'HTTP_STATUS', message: 'busy', status: 503 };
    const fails = await run(stubWorkflow(body('<retry limit="1" delay="1ms"/>'), { a: { error } }), mode);
    expect(fails.error).toMatchObject({ code: 'HTTP_STATUS', message: 'busy', fields: { status: 503 }, attempt: 2, nodeId: 'a' });
    const recovers = await run(
      stubWorkflow(body('<retry limit="2" delay="1ms" when="error.status == 503"/>'), {
        a: { error, times: 2, output: 'there' },
      }),
      mode,
    );
    expect(recovers).toMatchObject({ status: 'completed', output: 'there' });
    const rescued = body('<fallback><transform:select id="b">error.code + input</transform:select></fallback>');
    expect((await run(stubWorkflow(rescued, { a: { error }, b: { output: 'stub too' } }), mode)).output).toBe('stub too');
  });

  it('keep `when`, `after` and the order of things', async () => {
    const workflow = flow(
      '<transform:module id="a" src="kit:fail" when="run.input"/><transform:select id="b" after="a">a.status</transform:select><output value="b.output"/>',
    );
    const stubbed = stubWorkflow(workflow, { a: { output: 1 } });
    expect((await run(stubbed, mode, { input: false })).output).toBe('skipped');
    expect((await run(stubbed, mode, { input: true })).output).toBe('completed');
    expect(stubbed.plan.waves).toEqual([['a'], ['b']]);
  });

  it('miss no iteration silently', async () => {
    const body =
      '<foreach id="f" items="[1, 2]"><transform:select id="a">1</transform:select></foreach><transform:select id="b">1</transform:select>';
    expect((await run(stubWorkflow(flow(body), { a: { outputs: [1] } }), mode)).error).toMatchObject({
      code: 'STUB_MISSING',
      path: 'f[1]/a',
    });
    expect((await run(stubWorkflow(flow(body), { b: { outputs: [1] } }), mode)).error?.hint).toBe('Give it one `output`.');
  });
});

it.each([
  ['a name that no node has', { lefd: { output: 1 } }, 'The flow has no node "lefd" to be stubbed', 'Did you mean "left"?'],
  [
    'a name of an object',
    { constructor: { output: 1 } },
    'The flow has no node "constructor" to be stubbed',
    'It has fetch, left, right, scored, score, twice.',
  ],
  [
    'a node inside a stubbed block',
    { scored: { output: 1 }, score: { output: 1 } },
    'The stub "score" lies in a block that is a stub itself',
    'Keep one of the two.',
  ],
  [
    'a block whose nodes are read',
    { fetch: { output: 1 } },
    /^With these stubs the flow has a fault: .*left/,
    /Stub the nodes in it/,
  ],
])('are refused for %s', (_, stubs, message, hint) => {
  const matching = (text: string | RegExp) => (typeof text === 'string' ? text : expect.stringMatching(text));
  expect(() => stubWorkflow(flow(fetching), stubs)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: matching(message), hint: matching(hint) }),
  );
});

it('cannot be written in a flow', () => {
  expect(() => flow('<stub id="a"/>')).toThrow(/There is no element <stub>/);
});
