import { describe, expect, it } from 'vitest';
import { FlowValidationError } from '#src/index.js';
import { engine, flow } from './flows.js';

const node = (fn: string, attributes = '', children = '') =>
  `<transform:module id="${fn}" src="./memory.mjs" export="${fn}" ${attributes}>${children}</transform:module>`;
const retry = `<retry limit="3" delay="1ms" when="error.code == 'WORKER_OUT_OF_MEMORY'"/>`;

describe('memory of a node', () => {
  it.each(['threads', 'auto'] as const)('is the heap limit of its thread, mode %s', async (mode) => {
    const body = `${node('limit', 'memory="64mb"')}<transform:module id="other" src="./memory.mjs" export="limit" memory="0.25GB"/>
      <output value="[limit.output, other.output]"/>`;
    expect((await engine({ mode }).run(flow(body))).output).toEqual([64, 256]);
  });

  it('reached is WORKER_OUT_OF_MEMORY with the limit; what runs beside it goes on', async () => {
    const body = `<parallel id="both" onError="wait"><branch>${node('take', 'memory="32mb" mb="200"')}</branch>
      <branch>${node('where')}</branch></parallel>`;
    const { error, state } = await engine().run(flow(body));
    expect(error).toMatchObject({
      code: 'WORKER_OUT_OF_MEMORY',
      nodeId: 'take',
      message: expect.stringContaining('32 MiB'),
      hint: expect.stringContaining('memory="64mb"'),
    });
    expect(state.nodeResults.get('where')?.status).toBe('completed');
  });

  it.each(['threads', 'auto'] as const)('doubles on each retry after it was reached, mode %s', async (mode) => {
    const { status, output, state, error } = await engine({ mode }).run(flow(node('take', 'memory="32mb" mb="60"', retry)));
    expect([status, output, error]).toEqual(['completed', 60, undefined]);
    expect(state.nodeResults.get('take')?.attempts).toBeGreaterThan(1);
  });

  it('doubles for the items of a foreach that need it, each by itself', async () => {
    const body = `<foreach id="all" items="[1, 60, 1, 1]">${node('take', 'memory="32mb"', retry)}</foreach>`;
    expect((await engine().run(flow(body))).output).toEqual([1, 60, 1, 1]);
  });

  it('keeps to the limit of tasks at one time, together with everything else', async () => {
    const counts = new SharedArrayBuffer(8);
    const items = (name: string, attributes: string) =>
      `<branch><foreach id="${name}" items="lists.range(6)" batch="1"><transform:module id="${name}-one" src="./memory.mjs" export="crowd" input="run.input" ${attributes}/></foreach></branch>`;
    const body = `<parallel id="all">${items('a', '')}${items('b', 'memory="64mb"')}${items('c', 'memory="96mb"')}</parallel>`;
    const { output } = await engine({ maxConcurrency: 2 }).run(flow(body), { input: counts });
    expect(output).toEqual(Array(3).fill([0, 1, 2, 3, 4, 5]));
    expect(new Int32Array(counts)[1]).toBeLessThanOrEqual(2);
  });

  it('makes the node a task of its own', async () => {
    const ids = ['one', 'two', 'three'];
    const body = ids.map(
      (id) => `<transform:module id="${id}" src="./memory.mjs" export="where" ${id === 'two' ? 'memory="64mb"' : ''}/>`,
    );
    const { state } = await engine({ maxConcurrency: 1 }).run(
      flow(
        `<parallel id="p"><branch>${body.join('')}</branch></parallel><output value="[one.output, two.output, three.output]"/>`,
      ),
    );
    const [one, two, three] = ids.map((id) => state.nodeResults.get(id)?.output);
    expect([three, two === one]).toEqual([one, false]);
  });

  it('does not count buffers', async () => {
    expect((await engine().run(flow(node('buffers', 'memory="32mb"')), { input: 96 })).output).toBe(96);
  });

  it('is ignored where there is no thread', async () => {
    expect((await engine({ mode: 'async' }).run(flow(node('take', 'memory="32mb" mb="60"')))).output).toBe(60);
  });

  it.each(['64', '8mb', '1tb', 'lots', '-64mb'])('is no %s', (size) => {
    expect(() => flow(node('take', `memory="${size}"`))).toThrow(FlowValidationError);
  });

  it('is nothing that a block can have', () => {
    expect(() => flow('<foreach id="all" items="[1]" memory="64mb"><source:value id="v" value="1"/></foreach>')).toThrow(
      /memory/,
    );
  });

  it('that the machine does not give as often as asked is given one at a time', async () => {
    const body = `<foreach id="all" items="[1, 2]" batch="1">${node('take', 'memory="100000gb"')}</foreach>`;
    expect((await engine().run(flow(body))).output).toEqual([1, 2]);
  });
});
