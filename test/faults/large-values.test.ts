import { constants } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunOptions } from '#src/index.js';
import { engine, flow } from './flows.js';

const modes = ['async', 'threads'] as const;
const minute = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'flowscript-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What comes of a value of so many GiB, read by `reader`. */
async function outcomeOf(mode: (typeof modes)[number], kind: string, size: number, reader: string, options: RunOptions = {}) {
  const made = `<transform:module id="made" src="./large.mjs" export="make" input="1" kind="${kind}" size="${size}"/>`;
  const { status, output, error } = await engine({ mode }).run(flow(made + reader), options);
  return status === 'completed' ? output : { code: error?.code, node: error?.nodeId, message: error?.message };
}

const sizeOf = '<transform:module id="read" src="./large.mjs" export="sizeOf" input="made.output"/>';
const failure = (code: string, node: string, message: string) => ({ code, node, message: expect.stringContaining(message) });

/** Later versions of Node have larger buffers than any machine has memory. */
const hasLimit = constants.MAX_LENGTH <= 2 ** 33;

describe.each(modes)('in mode %s', (mode) => {
  test.runIf(hasLimit).each([
    ['unread', 'buffer', '', 'the largest part of it is $, an ArrayBuffer of 4.5 GiB'],
    ['read by somebody', 'buffer', sizeOf, 'There is no memory for a copy of 4.5 GiB'],
  ])('a buffer beyond what Node copies is told with its size, %s', async (_what, kind, reader, message) => {
    expect(await outcomeOf(mode, kind, 4.5, reader)).toEqual(failure('VALUE_NOT_CLONEABLE', 'made', message));
  });

  test('shared memory of any size passes through, without a copy', async () => {
    expect(await outcomeOf(mode, 'shared', 5, sizeOf)).toBe(5 * 2 ** 30);
  });
});

/** Each takes seconds and up to 5 GiB of memory: FLOWSCRIPT_LARGE=1 runs them. */
describe.runIf(process.env['FLOWSCRIPT_LARGE'] !== undefined).each(modes)('large, in mode %s', (mode) => {
  const bytes = 2.2 * 2 ** 30;

  test.each([
    ['alone', 'bytes', Math.trunc(bytes)],
    ['in a field', 'field', 2],
  ])('bytes beyond 2 GiB pass through: %s', { timeout: 2 * minute }, async (_where, kind, size) => {
    expect(await outcomeOf(mode, kind, 2.2, sizeOf)).toBe(size);
  });

  test('bytes beyond 2 GiB are hashed and recorded', { timeout: 2 * minute }, async () => {
    const hash = '<transform:hash id="read" input="made.output"/>';
    const record = { record: true, stateDirectory: folder };
    expect(await outcomeOf(mode, 'bytes', 2.2, hash, record)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['<transform:parse id="read" input="made.output" format="lines"/>', 'DATA_TOO_LARGE', 'too long for one text'],
    ['<transform:map id="read" input="made.output" expression="1"/>', 'NODE_INPUT_INVALID', 'a list is read up to'],
    ['<transform:stringify id="read" input="made.output" format="json"/>', 'NODE_INPUT_INVALID', 'a list is read up to'],
  ])('bytes beyond 2 GiB are refused by %s', { timeout: 2 * minute }, async (reader, code, message) => {
    expect(await outcomeOf(mode, 'bytes', 2.2, reader)).toEqual(failure(code, 'read', message));
  });

  test.each([
    ['<transform:template id="read">{{ made.output }}{{ made.output }}</transform:template>', 'DATA_TOO_LARGE'],
    ['<transform:stringify id="read" input="made.output" format="json"/>', 'DATA_TOO_LARGE'],
    ['<transform:select id="read">made.output + made.output</transform:select>', 'FLOW_EXPRESSION_BUDGET'],
  ])('the longest text that V8 has, made longer by %s', { timeout: 2 * minute }, async (reader, code) => {
    expect(await outcomeOf(mode, 'text', 1, reader)).toMatchObject({ code, node: 'read' });
  });

  test.runIf(hasLimit)('texts that are together beyond 4 GiB are told with the largest', { timeout: 2 * minute }, async () => {
    const message = 'the largest part of it is $[0], a text of 0.5 GiB';
    expect(await outcomeOf(mode, 'texts', 5, '')).toEqual(failure('VALUE_NOT_CLONEABLE', 'made', message));
  });
});
