import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flow, modes, outputOf, type Ran, run } from './run-flow.js';

let folder: string;
let reader: FileHandle;
let writer: FileHandle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowscript-pipes-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  reader = await open(join(folder, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
  writer = await open(join(folder, 'pipe'), 'w');
});
afterEach(() => Promise.all([reader.close(), writer.close()]));

/** Whoever still read would take some of what is written slowly. */
async function expectUnread(): Promise<void> {
  const rest = outputOf(flow(`<source:file id="rest" path="/dev/fd/${reader.fd}" format="text"/>`), 'async');
  const text = 'abcdefghijklmnopqrst';
  for (const letter of text) {
    await writer.write(letter);
    await setTimeout(3);
  }
  await writer.close();
  expect(await rest).toBe(text);
}

const statuses = ({ state }: Ran) => ['rows', 'each'].map((id) => state.nodeResults.get(id)?.status);

describe.each(modes)('a pipe that is silent, in mode %s', (mode) => {
  const streamed = (body: string, settings = '') =>
    flow(`<source:file id="rows" path="/dev/fd/${reader.fd}" format="ndjson"/>
      <foreach id="each" items="rows.output" ${settings}>${body}</foreach>
      <output value="each.output"/>`);
  const select = '<transform:select id="one">item</transform:select>';
  const several = `${select}<if id="more" condition="true"><then><transform:module id="bad" src="kit:fail"/></then></if>`;

  it.each([
    ['one node', select],
    ['several', several],
  ])('does not keep a foreach of %s from ending in time', async (_, body) => {
    const ran = await run(streamed(body), mode, { timeoutMs: 50 });
    expect([ran.error?.code, ran.error?.nodeId]).toEqual(['FLOW_TIMEOUT', undefined]);
    expect(statuses(ran)).toEqual(['cancelled', 'cancelled']);
    await expectUnread();
  });

  it('does not keep a foreach from being cancelled, nor its rows from being worked on before', async () => {
    const controller = new AbortController();
    await writer.write('1\n');
    const ran = await run(streamed('<transform:module id="tell" src="kit:tell"/>'), mode, {
      signal: controller.signal,
      onEvent: (event) => void (event.type === 'log' && controller.abort()),
    });
    expect([ran.status, ...statuses(ran)]).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await expectUnread();
  });

  it.each([
    ['one node', 'fail-fast', '<transform:module id="bad" src="kit:fail"/>'],
    ['several', 'fail-fast', several],
    ['one node', 'finish', '<transform:module id="bad" src="kit:fail"/>'],
    ['several', 'finish', several],
  ])('does not keep a foreach of %s from failing, onError %s', async (_, onError, body) => {
    await writer.write('1\n');
    const ran = await run(streamed(body, `onError="${onError}"`), mode);
    expect([ran.error?.code, ...statuses(ran)]).toEqual(['NODE_FAILED', 'cancelled', 'failed']);
    await expectUnread();
  });

  it('is read no further after the timeout of its node', async () => {
    const ran = await run(flow(`<source:file id="all" path="/dev/fd/${reader.fd}" format="text" timeout="50ms"/>`), mode);
    expect(ran.error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'all' });
    await expectUnread();
  });
});
