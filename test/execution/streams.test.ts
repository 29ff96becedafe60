import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheRules } from '#src/cache/rules.js';
import { expectPlaces } from '#src/cli/expect-places.js';
import { createRedactor } from '#src/errors/redact.js';
import { recordStubs } from '#src/testing/record-stubs.js';
import { flow, modes, outputOf, run } from './run-flow.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowscript-streams-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const count = 3_000;
const rows = Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}` }));
const written = {
  'rows.ndjson': `${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n`,
  'rows.csv': `id,name\r\n${rows.map(({ id, name }) => `${id},"${name}"\r\n`).join('')}`,
  'rows.txt': rows.map(({ name }) => name).join('\n'),
};

/** A source and the block that reads it; `also` is a second reader, with which nothing streams. */
const each = (path: string, body: string, settings = '', also = '') =>
  flow(`<source:file id="rows" path="${path}"/>
    <foreach id="each" items="rows.output" item="row" index="at" ${settings}>${body}</foreach>${also}
    <output value="each.output"/>`);
const second = '<transform:select id="second">size(rows.output)</transform:select>';

describe.each(modes)('a source that only a foreach reads, in mode %s', (mode) => {
  it.each(['rows.ndjson', 'rows.csv'] as const)('gives its rows one by one, in order: %s', async (name) => {
    const path = await file(name, written[name]);
    const body = `<transform:select id="one">{'at': at, 'row': row}</transform:select>`;
    const ran = await run(each(path, body), mode);
    expect(ran.error).toBeUndefined();
    expect(ran.output).toEqual(rows.map((row, at) => ({ at, row })));
    // That it is not held is how this test knows that it streams.
    expect(ran.state.nodeResults.get('rows')).toMatchObject({ status: 'completed', attempts: 1 });
    expect(ran.nodes['rows']).toEqual(['completed', undefined]);
    const totals = ran.events.flatMap((event) => (event.type === 'block.progress' ? [event.total] : []));
    expect([totals.at(0), totals.at(-1)]).toEqual([undefined, count]);
    const inWaves = flow(
      `<source:file id="rows" path="${path}"/>
      <foreach id="each" items="rows.output" item="row" index="at">${body}</foreach><output value="each.output"/>`,
      'schedule="waves"',
    );
    expect(await outputOf(inWaves, mode)).toEqual(ran.output);
    const held = await run(each(path, body, '', second), mode);
    expect(held.output).toEqual(ran.output);
    expect(held.nodes['rows']).toEqual(['completed', rows]);
  });

  it('reads lines, and the names that the block gives', async () => {
    const path = await file('rows.txt', written['rows.txt']);
    const workflow = flow(`<source:file id="rows" path="${path}" format="lines"/>
      <foreach id="each" items="{{ rows.output }}"><transform:select id="one">item + '/' + string(index)</transform:select></foreach>
      <output value="each.output"/>`);
    expect(await outputOf(workflow, mode)).toEqual(rows.map(({ name, id }) => `${name}/${id}`));
  });

  it('gives bodies of several nodes their items, and retries each by itself', async () => {
    const path = await file('few.ndjson', '1\n2\n3\n4\n');
    const body = `<transform:module id="try" src="kit:flaky" until="2" input="row"><retry limit="2" delay="1ms"/></transform:module>
      <if id="more" condition="row > 2"><then><transform:select id="big">[input.input, input.attempt]</transform:select></then></if>`;
    expect(await outputOf(each(path, body), mode)).toEqual([null, null, [3, 2], [4, 2]]);
    const one =
      '<transform:module id="try" src="kit:flaky" until="2" input="row"><retry limit="2" delay="1ms"/></transform:module>';
    expect(await outputOf(each(path, one), mode)).toEqual([1, 2, 3, 4].map((input) => ({ input, attempt: 2 })));
  });

  it('gives nothing for an empty file', async () => {
    for (const name of ['empty.ndjson', 'empty.csv']) {
      const ran = await run(each(await file(name, ''), '<transform:select id="one">row</transform:select>'), mode);
      expect([ran.status, ran.output, ran.nodes['rows']]).toEqual(['completed', [], ['completed', undefined]]);
      const totals = ran.events.flatMap((event) => (event.type === 'block.progress' ? [event.total] : []));
      expect(totals.at(-1)).toBe(0);
    }
  });

  it('fails as the source where a row is wrong, and stops the block', async () => {
    const text = `${'{"a": 1}\n'.repeat(50_000)}{"a": }\n${'{"a": 1}\n'.repeat(50_000)}`;
    const path = await file('broken.ndjson', text);
    const ran = await run(each(path, '<transform:select id="one">row.a</transform:select>', 'onError="continue"'), mode);
    expect(ran.status).toBe('failed');
    expect(ran.error).toMatchObject({ code: 'PARSE_FAILED', nodeId: 'rows', fields: { line: 50_001, column: 7 } });
    expect(ran.error?.source).toBeDefined();
    expect([ran.nodes['rows']?.[0 as never], ran.nodes['each']?.[0 as never]]).toEqual(['failed', 'cancelled']);
  });

  it('fails as ever where there is no such file', async () => {
    const path = join(folder, 'none.csv');
    const body = '<transform:select id="one">row</transform:select>';
    const [streamed, held] = [await run(each(path, body), mode), await run(each(path, body, '', second), mode)];
    expect(streamed.error).toMatchObject({ code: 'FILE_UNREADABLE', nodeId: 'rows', message: held.error?.message });
  });

  it('is cancelled with the block that fails', async () => {
    const path = await file('long.ndjson', '1\n'.repeat(200_000));
    const ran = await run(each(path, '<transform:module id="bad" src="kit:fail" input="row"/>'), mode);
    expect(ran.error).toMatchObject({ code: 'NODE_FAILED', nodeId: 'bad' });
    expect(ran.nodes['rows']?.[0 as never]).toBe('cancelled');
  });

  it('goes on without what fails, as far as that is tolerated', async () => {
    const path = await file('some.ndjson', '1\n2\n3\n4\n5\n');
    const body = `<transform:select id="one">row % 2 == 0 ? row : error('odd')</transform:select>`.replace(
      "error('odd')",
      'row.nothing',
    );
    const ran = await run(each(path, body, 'onError="continue"'), mode);
    expect(ran.output).toEqual([null, 2, null, 4, null]);
    expect(ran.state.nodeResults.get('each')?.failures?.map(({ index }) => index)).toEqual([0, 2, 4]);
    const exceeded = await run(each(path, body, 'onError="wait" toleratedFailures="2"'), mode);
    expect(exceeded.error).toMatchObject({ code: 'TOLERATED_FAILURES_EXCEEDED', nodeId: 'each' });
    // A percentage is of the total, so the file is read first.
    const share = await run(each(path, body, 'onError="wait" toleratedFailures="60%"'), mode);
    expect([share.output, share.nodes['rows']?.[1 as never]]).toEqual([
      [null, 2, null, 4, null],
      [1, 2, 3, 4, 5],
    ]);
  });

  it('stops reading when the run is cancelled', async () => {
    const path = await file('stopped.ndjson', '1\n'.repeat(400_000));
    const controller = new AbortController();
    const ran = await run(each(path, '<transform:select id="one">row</transform:select>'), mode, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'block.progress' && event.done > 0) controller.abort();
      },
    });
    expect([ran.status, ran.nodes['rows']?.[0 as never], ran.nodes['each']?.[0 as never]]).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });

  it('is no culprit when the flow runs out of time', async () => {
    const path = await file('late.ndjson', '1\n'.repeat(400_000));
    const ran = await run(each(path, '<transform:select id="one">row</transform:select>'), mode, { timeoutMs: 20 });
    expect([ran.error?.code, ran.error?.nodeId, ran.error?.errors]).toEqual(['FLOW_TIMEOUT', undefined, []]);
    expect(ran.state.nodeResults.get('rows')?.status).toBe('cancelled');
  });

  it.each([
    ['somebody waits for its end', '', '<sink:log id="then" after="rows">read</sink:log>'],
    ['it may be left out', 'when="true"', ''],
    ['it may be run again', 'after=""', ''],
    ['others read its status', '', "<transform:select id='s'>rows.status</transform:select>"],
  ])('is read whole where %s', async (_why, settings, also) => {
    const path = await file('whole.ndjson', '1\n2\n');
    const guard = settings === 'after=""' ? '<retry limit="1" delay="1ms"/>' : '';
    const workflow = flow(`<source:file id="rows" path="${path}" ${guard === '' ? settings : ''}>${guard}</source:file>
      <foreach id="each" items="rows.output" item="row"><transform:select id="one">row</transform:select></foreach>${also}
      <output value="each.output"/>`);
    const ran = await run(workflow, mode);
    expect([ran.output, ran.nodes['rows']]).toEqual([
      [1, 2],
      ['completed', [1, 2]],
    ]);
  });

  it('is read whole where it is a glob', async () => {
    await Promise.all([file('part-1.ndjson', '1\n2\n'), file('part-2.ndjson', '3\n')]);
    const path = join(folder, 'part-*.ndjson');
    const ran = await run(each(path, '<transform:select id="one">row.content</transform:select>'), mode);
    expect(ran.output).toEqual([[1, 2], [3]]);
  });
});

describe('the plan of mode auto', () => {
  it.each([
    ['whose rows go straight to the block', 'auto-1.ndjson', '', '', 'main'],
    ['whose format is given', 'auto-2.data', 'format="lines"', '', 'main'],
    ['that somebody else reads, too', 'auto-3.ndjson', '', second, 'worker'],
    ['that is a pattern', 'auto-[4].ndjson', '', '', 'worker'],
    ['without rows', 'auto-5.json', '', '', 'worker'],
  ])('says where a file is read: %s', async (_what, name, settings, also, place) => {
    await file(name.replace(/[[\]]/g, ''), '[1]\n');
    const path = join(folder, name);
    const workflow = flow(`<source:file id="rows" path="${path}" ${settings}/>
      <foreach id="each" items="rows.output" item="row"><transform:select id="one">row</transform:select></foreach>${also}
      <output value="each.output"/>`);
    const { events } = await run(workflow, 'auto');
    const read = events.find((event) => event.type === 'node.finished' && event.nodeId === 'rows');
    expect([expectPlaces(workflow).get('rows'), read]).toEqual([place, expect.objectContaining({ place })]);
  });
});

it('a source whose rows were not held is not cached and no stub, and it is said why', async () => {
  const path = await file('not-held.ndjson', '1\n');
  const workflow = each(path, '<transform:select id="one">row</transform:select>');
  const { state } = await run(workflow, 'async');
  const why = 'its rows go straight to a foreach, as they are read';
  expect(cacheRules(workflow, 'all').get('rows')).toEqual({ kind: 'left-out', why });
  const { left } = recordStubs(workflow.ast, state, createRedactor({}));
  expect(left).toEqual([{ id: 'rows', why: 'its rows went straight to a foreach' }]);
});

describe('a file larger than the heap', () => {
  const length = 40_000;
  let path: string;
  beforeAll(async () => {
    await file('huge.csv', `id,text\n${Array.from({ length }, (_, id) => `${id},${'x'.repeat(2_000)}\n`).join('')}`);
    path = await file(
      'huge.xml',
      `<workflow name="huge">
        <source:file id="rows" path="huge.csv"/>
        <foreach id="each" items="rows.output" item="row"><transform:select id="one">row.id + size(row.text)</transform:select></foreach>
        <output value="[size(each.output), each.output[${length - 1}]]"/>
      </workflow>`,
    );
  });

  it.each(['threads', 'async'])(
    'is worked through in mode %s',
    async (mode) => {
      const child = fileURLToPath(new URL('children/small-heap.mjs', import.meta.url));
      // 80 MB of text that as rows would take more.
      const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=64', child, path, mode]);
      expect(JSON.parse(stdout)).toEqual([length, length - 1 + 2_000]);
    },
    120_000,
  );
});
