import { describe, expect, it } from 'vitest';
import type { ChaosOptions } from '#src/execution/chaos.js';
import type { FlowEvent } from '#src/types/events.js';
import { flow, modes, type Ran, run } from './run-flow.js';

type FaultEvent = Extract<FlowEvent, { type: 'fault' }>;

const chaos: ChaosOptions = { seed: 7, rate: 0.2, delayMs: 5 };
const faultsOf = ({ events }: Ran) => events.filter((event): event is FaultEvent => event.type === 'fault');
const told = (result: Ran) => faultsOf(result).map(({ path, attempt, kind }) => `${path} ${attempt} ${kind}`);
const retry = '<retry limit="9" delay="1ms" backoff="constant"/>';

const mixed = (batch: string, width: string) =>
  flow(
    `<foreach id="each" items="lists.range(60)" item="n" batch="${batch}" maxConcurrency="${width}">
      <transform:module id="one" src="kit:identity" input="n">${retry}</transform:module>
      <transform:select id="two">input + 1${retry}</transform:select>
    </foreach>
    <parallel id="both" maxConcurrency="${width}">
      <branch><loop id="turns" maxIterations="5" onMax="continue"><transform:select id="turn">index${retry}</transform:select></loop></branch>
      <branch><transform:select id="last" input="each.output">sum(input)${retry}</transform:select></branch>
    </parallel>
    <output value="[each.output, both.output]"/>`,
  );

describe('chaos', () => {
  it('meets the same attempts in every mode, width and batch, and retries hide it', async () => {
    const calm = await run(mixed('auto', '4'), 'async');
    let seen: readonly string[] | undefined;
    for (const mode of modes) {
      for (const [batch, width] of [
        ['auto', '4'],
        ['1', '1'],
        ['7', '3'],
      ] as const) {
        const result = await run(mixed(batch, width), mode, { chaos });
        expect(result).toMatchObject({ status: 'completed', output: calm.output });
        seen ??= told(result).sort();
        expect(told(result).sort()).toEqual(seen);
        const counts = { throw: 0, exit: 0, delay: 0, timeout: 0 };
        for (const { kind } of faultsOf(result)) counts[kind]++;
        expect(result.faults).toEqual(counts);
        expect(Object.values(counts).every((count) => count > 0)).toBe(true);
      }
    }
    expect(calm.faults).toBeUndefined();
  });

  it('is another one with another seed, and none at rate 0', async () => {
    const one = told(await run(mixed('auto', '4'), 'async', { chaos: { ...chaos, kinds: ['throw'] } }));
    const other = told(await run(mixed('auto', '4'), 'async', { chaos: { ...chaos, kinds: ['throw'], seed: 8 } }));
    expect(one).not.toEqual(other);
    const none = await run(mixed('auto', '4'), 'async', { chaos: { rate: 0 } });
    expect([told(none), none.faults]).toEqual([[], { throw: 0, exit: 0, delay: 0, timeout: 0 }]);
  });

  it.each([
    ['throw', 'CHAOS'],
    ['timeout', 'NODE_TIMEOUT'],
  ] as const)('comes in the place of a module that cannot be loaded, and that escapes nowhere: %s', async (kind, code) => {
    const escaped: unknown[] = [];
    const onRejection = (reason: unknown) => escaped.push(reason);
    process.on('unhandledRejection', onRejection);
    const bad = flow('<transform:module id="bad" src="../faults/modules/load-throws.mjs" timeout="9s"/>');
    const { error, state } = await run(bad, 'async', { chaos: { rate: 1, kinds: [kind] } });
    await import('../faults/modules/load-throws.mjs' as string).catch(() => undefined);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    process.off('unhandledRejection', onRejection);
    expect([error?.code, escaped]).toEqual([code, []]);
    // Not as long as a module may take to load.
    expect(state.nodeResults.get('bad')?.durationMs).toBeLessThan(5_000);
  });

  it('refuses options that are not what they should be', async () => {
    for (const wrong of [
      { rate: 1.5 },
      { rate: Number.NaN },
      { rate: 0.1, kinds: ['thorw' as never] },
      { rate: 0, seed: Number.POSITIVE_INFINITY },
    ]) {
      await expect(run(flow('<source:value id="a" value="1"/>'), 'async', { chaos: wrong })).rejects.toThrow(/^Expected chaos\./);
    }
  });

  describe.each(modes)('in mode %s', (mode) => {
    it.each([
      ['throw', 'CHAOS'],
      ['exit', 'WORKER_EXITED'],
      ['timeout', 'NODE_TIMEOUT'],
    ] as const)('fails an attempt by %s as what it is', async (kind, code) => {
      const node = (inside: string) => `<transform:module id="a" src="kit:identity" timeout="20s">${inside}</transform:module>`;
      const failed = await run(flow(node('<retry limit="2" delay="1ms"/>')), mode, { chaos: { rate: 1, kinds: [kind] } });
      expect(failed.error).toMatchObject({ code, nodeId: 'a', path: 'a', attempt: 3, fields: { injected: true } });
      expect(failed.error?.message).toContain('"a"');
      expect(failed.error?.source).toMatchObject({ line: 1 });
      expect(told(failed)).toEqual([`a 1 ${kind}`, `a 2 ${kind}`, `a 3 ${kind}`]);
      const rescue = '<fallback><source:value id="b" value="[error.code, error.injected]"/></fallback>';
      const partly = flow(`${node(rescue)}<output value="a.output"/>`);
      // A seed under which the node fails and its fallback does not.
      const rescued = await run(partly, mode, { chaos: { seed: 4, rate: 0.5, kinds: [kind] } });
      expect(rescued).toMatchObject({ status: 'completed', output: [code, true] });
    });

    it('delays an attempt for real, and a delay counts towards its timeout', async () => {
      const slow = { rate: 1, kinds: ['delay'], delayMs: 400, seed: 1 } as const;
      const patient = await run(flow('<transform:module id="a" src="kit:identity" input="1"/>'), mode, { chaos: slow });
      expect(patient).toMatchObject({ status: 'completed', faults: { delay: 1 } });
      expect(patient.state.nodeResults.get('a')?.durationMs).toBeGreaterThan(20);
      const hasty = flow('<transform:module id="a" src="kit:identity" timeout="20ms"/>');
      expect((await run(hasty, mode, { chaos: slow })).error).toMatchObject({ code: 'NODE_TIMEOUT' });
    });

    it('runs the code of each item once: an injected exit takes no other item along', async () => {
      const count = 400;
      const table = new SharedArrayBuffer(4 * count);
      const workflow = flow(
        `<config><param name="table" type="json"/></config>
        <foreach id="each" items="lists.range(${count})"><transform:module id="one" src="kit:tally">${retry}</transform:module></foreach>`,
      );
      const options = { config: { table }, chaos: { seed: 5, rate: 0.05, kinds: ['exit'] } } as const;
      const { status, output, faults } = await run(workflow, mode, options);
      expect(status).toBe('completed');
      expect(faults?.exit).toBeGreaterThan(10);
      expect(output).toEqual(Array.from({ length: count }, (_, index) => index));
      expect([...new Int32Array(table)]).toEqual(new Array(count).fill(1));
    });

    it('draws anew for each attempt of the blocks around', async () => {
      const body =
        '<if id="a" condition="true"><then><transform:select id="b">1</transform:select></then><retry limit="50" delay="1ms" backoff="constant"/></if>';
      const { status, events } = await run(flow(body), mode, { chaos: { rate: 0.8, kinds: ['throw'], seed: 2 } });
      expect(status).toBe('completed');
      expect(events.filter(({ type }) => type === 'node.retrying').length).toBeGreaterThan(0);
    });
  });
});
