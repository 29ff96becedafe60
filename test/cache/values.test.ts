import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBlob, toBlob } from '#src/cache/outcome-blob.js';
import type { IterationOutcome } from '#src/dispatch/types.js';
import { encodePart, toPart } from '#src/transport/part.js';
import { reveal, Snapshot } from '#src/transport/snapshot.js';
import { createCacheProject, expectRun, noting, told } from './project.js';

const flow = (body: string, head = '') => `<workflow name="t">${head}${body}</workflow>`;

describe('results', () => {
  it('come back as they were, whatever they are', async () => {
    const project = await createCacheProject({
      'flow.xml': flow('<transform:module id="m" src="./m.js" cache="true"/>'),
      'm.js': noting(`{
        list: [1, -0, NaN, null, undefined, 2n, 'é\\ud800'], map: new Map([['a', new Set([1])]]), at: new Date(5),
        bytes: new Uint8Array([1, 2]), floats: new Float64Array(20_000).fill(0.5), buffer: new ArrayBuffer(100_000),
        rows: Array.from({ length: 5_000 }, (_, id) => ({ id, name: 'row ' + id })),
      }`),
    });
    const first = await project.run();
    const again = await project.run();
    expectRun(again, { output: first.output, calls: [] });
    expect(again.output).toMatchObject({ list: [1, -0, NaN, null, undefined, 2n, 'é\ud800'], at: new Date(5) });
  });

  it('survive being written down, as values and as snapshots', () => {
    const about = { id: 'a', startedAt: 0, durationMs: 1 };
    const completed = (output: unknown): IterationOutcome => ({
      status: 'completed',
      nodes: [{ ...about, status: 'completed', output, writes: [] }],
    });
    const back = (output: unknown): unknown => {
      const blob = toBlob(completed(output));
      return blob && reveal(fromBlob(blob, about).nodes[0]?.output);
    };
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        (value) => {
          const clone = structuredClone(value);
          expect(back(value)).toEqual(clone);
          expect(back(new Snapshot(encodePart(value)))).toEqual(clone);
        },
      ),
    );
    const large = { rows: Array.from({ length: 5_000 }, (_, id) => ({ id })), bytes: new Uint8Array(100_000).fill(7), small: 1 };
    for (const value of [large, large.rows, large.bytes, large.bytes.buffer]) {
      const part = toPart(value);
      expect(part).toBeDefined();
      if (part !== undefined) expect(back(new Snapshot(part))).toEqual(value);
    }
    expect(toBlob(completed(new SharedArrayBuffer(8)))).toBeUndefined();
    expect(toBlob(completed({ deep: new Uint8Array(new SharedArrayBuffer(100_000)) }))).toBeUndefined();
  });

  it('that are large are inputs like any other', async () => {
    const body =
      '<transform:module id="rows" src="./rows.js" input="run.input"/><parallel id="p">' +
      '<branch><transform:module id="a" src="./sum.js" input="rows.output.x" cache="true"/></branch>' +
      '<branch><transform:module id="b" src="./sum.js" input="rows.output" cache="true"/></branch></parallel>';
    const project = await createCacheProject({
      'flow.xml': flow(body),
      'rows.js': `export default (n) => ({ y: n, x: Array.from({ length: 10_000 }, (_, i) => i), z: 'z'.repeat(40_000) + n });`,
      'sum.js': noting('(input.x ?? input).length').replace('JSON.stringify(input)', "input.x ? 'whole' : 'field'"),
    });
    expectRun(await project.run({ input: 1 }), { output: [10_000, 10_000], calls: ['field', 'whole'] });
    expectRun(await project.run({ input: 1 }), { output: [10_000, 10_000], calls: [] });
    const again = await project.run({ input: 2 });
    expectRun(again, { output: [10_000, 10_000], calls: ['whole'] });
    expect(told(again, 'b')).toEqual([0, expect.stringMatching(/^1 changed: rows\.output/)]);
  });
});

describe('files that a source reads', () => {
  const read = (path: string) => flow(`<source:file id="f" path="${path}" cache="true"/>`);

  it('count by what is in them', async () => {
    const project = await createCacheProject({ 'flow.xml': read('data.json'), 'data.json': '[1]' });
    expect(told(await project.run(), 'f')).toEqual([0, '1 never run before']);
    expect(told(await project.run(), 'f')).toEqual([1]);
    await project.write({ 'data.json': '[2]' });
    const changed = await project.run();
    expect(changed.output).toEqual([2]);
    expect(told(changed, 'f')).toEqual([0, '1 changed: the file data.json']);
    await project.write({ 'data.json': '[1]' });
    expect(told(await project.run(), 'f')).toEqual([1]);
  });

  it('count all that a glob matches', async () => {
    const project = await createCacheProject({ 'flow.xml': read('{{ run.input }}/*.txt'), 'd/a.txt': 'a', 'd/b.txt': 'b' });
    await project.run({ input: 'd' });
    expect(told(await project.run({ input: 'd' }), 'f')).toEqual([1]);
    await project.write({ 'd/c.txt': 'c' });
    const more = await project.run({ input: 'd' });
    expect(more.output).toHaveLength(3);
    expect(told(more, 'f')).toEqual([0, '1 changed: the number of files, the file d/c.txt']);
  });

  it('that are not there fail as ever', async () => {
    const project = await createCacheProject({ 'flow.xml': read('none.json') });
    const failed = await project.run();
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'FILE_UNREADABLE' } });
    expect(told(failed, 'f')).toEqual([0, expect.stringContaining('not cacheable')]);
  });
});

describe('what a run knows of itself', () => {
  it('counts where it is read', async () => {
    const template = (text: string) =>
      flow(`<transform:template id="t" cache="true">${text}</transform:template>`, '<env><var name="LANG_X"/></env>');
    const project = await createCacheProject({ 'flow.xml': template('{{ run.id }}') });
    await project.run();
    expect(told(await project.run(), 't')).toEqual([0, '1 changed: run.id']);
    await project.write({ 'flow.xml': template('{{ env.LANG_X }}') });
    await project.run({ env: { LANG_X: 'a' } });
    expect(told(await project.run({ env: { LANG_X: 'a' } }), 't')).toEqual([1]);
    expect(told(await project.run({ env: { LANG_X: 'b' } }), 't')).toEqual([0, '1 changed: env.LANG_X']);
  });
});

describe('secrets', () => {
  const secret = 'hunter2-hunter2';
  const secrets = '<secrets><secret name="TOKEN"/></secrets>';

  async function filesOf(folder: string): Promise<Buffer[]> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    return Promise.all(found.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))));
  }

  it('are no part of a key, and results that hold one are not kept', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(
        '<transform:template id="t">Bearer {{ secrets.TOKEN }}</transform:template>' +
          '<transform:module id="m" src="./m.js" input="t.output" cache="true"/>' +
          '<transform:module id="leak" src="./m.js" input="t.output" cache="true" as="whole"/>',
        secrets,
      ),
      'm.js': noting('options.as ? input : input.length').replace('JSON.stringify(input)', "options.as ?? 'length'"),
    });
    expectRun(await project.run({ secrets: { TOKEN: secret } }), { calls: ['length', 'whole'] });
    const again = await project.run({ secrets: { TOKEN: secret } });
    expectRun(again, { output: `Bearer ${secret}`, calls: ['whole'] });
    expect(again.cache.find(({ nodeId }) => nodeId === 'leak')?.notStored).toEqual([{ why: 'a secret is in it', count: 1 }]);
    expectRun(await project.run({ secrets: { TOKEN: 'another-secret' } }), { calls: ['whole'] });
    for (const bytes of await filesOf(join(project.folder, '.flowscript'))) expect(bytes.includes(secret)).toBe(false);
  });
});

describe('a cache that is not as it was', () => {
  const square = {
    'flow.xml': flow('<foreach id="all" items="run.input"><transform:module id="m" src="./m.js" cache="true"/></foreach>'),
    'm.js': noting('input * input'),
  };
  const contents = async (folder: string, part: string): Promise<string[]> => {
    const found = await readdir(join(folder, '.flowscript/cache', part), { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };

  it.each([
    [
      'content-v2',
      'flipped',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
      'its entry was damaged',
    ],
    ['content-v2', 'cut short', (file: string) => truncate(file, 5), 'its entry was damaged'],
    ['index-v5', 'cut short', (file: string) => truncate(file, 20), 'nothing is kept of its last run'],
  ])('with files in %s %s is computed anew and repaired', async (part, _, damage, why) => {
    const project = await createCacheProject(square);
    await project.run({ input: [3] });
    // The mark that there are results of this kind is left as it is.
    for (const file of await contents(project.folder, part)) {
      const text = await readFile(file, 'latin1');
      if (!text.includes('work ') && text !== '\0') await damage(file);
    }
    const damaged = await project.run({ input: [3] });
    expectRun(damaged, { output: [9], calls: ['3'] });
    expect(told(damaged, 'm')).toEqual([0, `1 ${why}`]);
    expectRun(await project.run({ input: [3] }), { output: [9], calls: [] });
  });

  it('costs one notice and no run when its folder cannot be written', async () => {
    const project = await createCacheProject({ ...square, '.flowscript': 'a file where the folder should be' });
    const notices: string[] = [];
    const onNotice = (message: string) => notices.push(message);
    expectRun(await project.run({ input: [1, 2, 3, 4, 5, 6], onNotice }), {
      output: [1, 4, 9, 16, 25, 36],
      calls: ['1', '2', '3', '4', '5', '6'],
    });
    expect(notices).toEqual([expect.stringContaining('the cache cannot be written')]);
  });

  it('may be used by several runs at once', async () => {
    const project = await createCacheProject(square);
    const input = Array.from({ length: 60 }, (_, index) => index);
    const output = input.map((n) => n * n);
    const runs = await Promise.all([1, 2, 3].map(() => project.run({ input })));
    for (const run of runs) expect(run).toMatchObject({ status: 'completed', output });
    expectRun(await project.run({ input }), { output, calls: [] });
  });
});

describe('a module that is written while an engine lives', () => {
  it('is neither looked for nor kept from then on', async () => {
    const { createEngine, loadWorkflow } = await import('#src/index.js');
    const project = await createCacheProject({
      'flow.xml': flow('<transform:module id="m" src="./m.js" input="run.input" cache="true"/>'),
      'm.js': 'export default (x) => x + 1;',
    });
    const engine = createEngine({ maxConcurrency: 1 });
    const workflow = await loadWorkflow(join(project.folder, 'flow.xml'));
    await engine.run(workflow, { input: 1 });
    await project.write({ 'm.js': 'export default (x) => x + 100;' });
    const stale = await engine.run(workflow, { input: 1 });
    expect(stale.cache?.[0]?.misses[0]?.text).toContain('its code was changed after it had been loaded');
    await engine.close();
    expectRun(await project.run({ input: 1 }), { output: 101, calls: [] });
  });
});
