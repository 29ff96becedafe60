import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guessWidth } from '#src/cli/guess-width.js';
import { usableCores } from '#src/dispatch/usable-cores.js';

describe('guessWidth', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowscript-width-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const cores = usableCores();
  it.each([
    ['what the flow asks for', '<workflow name="a" maxConcurrency="1"><source:value id="a" value="1"/></workflow>', 1],
    ['the cores', '<workflow name="a"><source:value id="a" value="1"/></workflow>', cores],
    [
      'its widest block',
      '<workflow name="a" maxConcurrency="2"><foreach maxConcurrency="70"/><parallel maxConcurrency=\'5\'/></workflow>',
      70,
    ],
    ['the cores, for blocks that ask for less', '<workflow name="a"><foreach id="f" maxConcurrency="1"/></workflow>', cores],
    ['the cores, for nonsense', '<workflow maxConcurrency="many', cores],
  ])('is %s', async (_what, text, width) => {
    const file = join(folder, 'flow.xml');
    await writeFile(file, text);
    expect(await guessWidth(file)).toBe(width);
  });

  it('is the cores when there is no file: others will say so', async () => {
    expect(await guessWidth(join(folder, 'none.xml'))).toBe(cores);
  });
});
