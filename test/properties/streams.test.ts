import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, parseWorkflow } from '#src/index.js';

const vandal = new URL('vandal.mjs', import.meta.url).pathname;
const engines: readonly Engine[] = (['async', 'threads', 'auto'] as const).flatMap((mode) =>
  [1, 3].map((maxConcurrency) => createEngine({ mode, maxConcurrency })),
);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowscript-streams-'));
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  await rm(folder, { recursive: true, force: true });
});

const bodies = [
  `<transform:select id="one">{'row': row, 'at': at, 'rest': row.n % 3 == 0 ? row.none : 0}</transform:select>`,
  `<transform:module id="mad" src="${vandal}" input="{'n': row.n, 'list': [row.n, {'deep': at}]}"/>`,
  `<transform:module id="mad" src="${vandal}" input="{'n': row.n, 'list': [1]}"><fallback><transform:select id="saved">error.message</transform:select></fallback></transform:module>`,
  `<if id="odd" condition="row.n % 2 == 1"><then><transform:select id="one">row.n</transform:select></then></if><transform:select id="two">[input, row.n]</transform:select>`,
] as const;

/** The rows out of a file that only the block reads, or out of a list. */
function flowOf(isStreamed: boolean, body: string, settings: string) {
  const source = isStreamed
    ? '<source:file id="rows" path="rows.ndjson"/>'
    : '<transform:select id="rows">run.input</transform:select>';
  const text = `<workflow name="streams">${source}
    <foreach id="each" items="rows.output" item="row" index="at" ${settings}>${body}</foreach>
    <output value="{'all': each.output, 'failed': each.failures.map(f, [f.index, f.message])}"/></workflow>`;
  return parseWorkflow(text, { file: join(folder, 'flow.xml') });
}

describe('a foreach over the rows of a file', () => {
  it('gives what it gives for the same list, in every mode and width', async () => {
    const rows = fc.array(fc.record({ n: fc.nat(9), text: fc.string() }), { maxLength: 400 });
    const settings = fc.constantFrom('', 'batch="3"', 'maxConcurrency="2"').map((own) => `onError="continue" ${own}`);
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(...bodies), settings, async (input, body, own) => {
        await writeFile(join(folder, 'rows.ndjson'), input.map((row) => JSON.stringify(row)).join('\n'));
        const [listed, streamed] = [flowOf(false, body, own), flowOf(true, body, own)];
        const { output: expected, error } = await (engines[0] as Engine).run(listed, { input });
        expect(error).toBeUndefined();
        for (const engine of engines) {
          const { output, state } = await engine.run(streamed);
          expect(output).toEqual(expected);
          expect(state.nodeResults.get('rows')).not.toHaveProperty('output');
        }
      }),
      { numRuns: Number(process.env['FLOWSCRIPT_PROPERTY_RUNS'] ?? 15), endOnFailure: true },
    );
  }, 120_000);
});
