import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restoreStack } from '#src/runtimes/modules/transpiled-stacks.js';
import { createFolder } from './run-node.js';

const never = new AbortController().signal;

describe('a stack of another thread', () => {
  it('keeps the lines, without columns, when nobody waits for it any longer', async () => {
    const folder = await createFolder({ 'a.ts': 'const n: number = 1;\n' });
    utimesSync(join(folder.path, 'a.ts'), 1, 1);
    const frames = (place: string) => `    at f (${join(folder.path, 'a (b)', '..', 'a.ts')}:${place})`;
    expect(await restoreStack(frames('1:3'), AbortSignal.abort())).toBe(frames('1'));
    await folder.remove();
  });

  it('has the places of CommonJS as they are, also where a line begins with import()', async () => {
    const folder = await createFolder({
      'plain.js': "exports.f = () =>\n  import ('node:fs');\n",
      'module.js': "\n\n  import 'node:fs';\n",
    });
    const at = (file: string, place: string) => `    at ${join(folder.path, file)}:${place}`;
    const stack = `${at('plain.js', '2:3')}\n${at('module.js', '3:3')}`;
    expect(await restoreStack(stack, AbortSignal.abort())).toBe(`${at('plain.js', '2:3')}\n${at('module.js', '3')}`);
    await folder.remove();
  });

  // Each takes a moment; trying every end with every start would take minutes.
  it.each([
    ['in many lines', `${'  at (/'.repeat(280)}\n`.repeat(5_000)],
    ['in many lines that end well', `  at ${'(/'.repeat(950)}a.ts:1:1x\n`.repeat(5_000)],
    ['in one', '  at (/'.repeat(1_000_000)],
  ])('is left as it is where the message looks like calls, %s', async (_, message) => {
    expect(await restoreStack(message, never)).toBe(message);
  });
});
