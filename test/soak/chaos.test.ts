import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '#src/index.js';
import { flow, modes, run } from '../execution/run-flow.js';

/** Tasks in each run: `npm run soak` asks for 10,000. */
const tasks = Number(process.env['FLOWSCRIPT_SOAK'] ?? 500);
const retry = '<retry limit="9" delay="1ms" backoff="constant"/>';
const items = Math.floor(tasks / 8);

/** Eight tasks an item: batches of expressions, of a module, bodies with blocks, fallbacks and variables in them. */
const soak = flow(
  `<config><param name="table" type="json"/></config>
  <source:value id="numbers" value="lists.range(${items})">${retry}</source:value>
  <foreach id="squares" items="numbers.output" item="n"><transform:select id="square">n * n${retry}</transform:select></foreach>
  <foreach id="tallies" items="numbers.output" item="n" conflict="list">
    <transform:module id="tally" src="kit:tally" input="n">${retry}</transform:module>
    <transform:template id="label">n{{ input }}${retry}</transform:template>
    <set name="labels" value="label.output" scope="workflow">${retry}</set>
  </foreach>
  <foreach id="bodies" items="numbers.output" item="n" batch="3">
    <if id="odd" condition="n % 2 == 1">
      <then><transform:select id="add">n + 1${retry}</transform:select></then>
      <else><transform:hash id="digest" input="string(n)">${retry}</transform:hash></else>
    </if>
    <parallel id="pair" merge="object">
      <branch name="left"><transform:select id="left" input="[n, n]">sum(input)${retry}</transform:select></branch>
      <branch name="right"><fail id="no" code="NO"><retry limit="9" delay="1ms" when="error.?injected.orValue(false)"/><fallback><transform:select id="why">error.code${retry}</transform:select></fallback></fail></branch>
    </parallel>
  </foreach>
  <output value="{'squares': sum(squares.output), 'labels': vars.labels, 'bodies': bodies.output}"/>`,
);

/** What a run leaves, but for when, how long and in how many attempts. */
function endOf({ nodeResults, globalContext, phaseContext, nodeContext, status }: ExecutionState) {
  const results = [...nodeResults].map(
    ([id, { status: ended, output, failures }]) => [id, { status: ended, output, failures }] as const,
  );
  return structuredClone({ status, globalContext, phaseContext, nodeContext: { ...nodeContext }, results: new Map(results) });
}

describe(`${tasks} tasks with retries`, () => {
  it.each(modes)('end under chaos as they do without, in mode %s', { timeout: 600_000 }, async (mode) => {
    const table = new SharedArrayBuffer(4 * items);
    const width = Math.max(2, availableParallelism());
    const calm = await run(soak, 'async', { config: { table: new SharedArrayBuffer(4 * items) } });
    const began = performance.now();
    const wild = await run(soak, mode, { width, config: { table }, chaos: { seed: 11, rate: 0.05, delayMs: 10 } });
    const { faults = { throw: 0, exit: 0, delay: 0, timeout: 0 } } = wild;
    const injected = Object.values(faults).reduce((sum, count) => sum + count);
    console.log(`${mode}: ${injected} faults ${JSON.stringify(faults)} in ${Math.round(performance.now() - began)} ms`);

    expect(wild.error).toBeUndefined();
    expect(endOf(wild.state)).toEqual(endOf(calm.state));
    expect(wild.output).toEqual(calm.output);
    expect(injected).toBeGreaterThan(tasks * 0.04);
    expect([...new Int32Array(table)]).toEqual(new Array(items).fill(1));
  });
});
