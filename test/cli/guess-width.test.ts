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
  const of = async (text: string) => {
    const file = join(folder, 'flow.xml');
    await writeFile(file, text);
    return guessWidth(file);
  };

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
  ])('takes for its tasks at one time %s', async (_what, text, maxConcurrency) => {
    expect(await of(text)).toMatchObject({ maxConcurrency });
  });

  it.each([
    [
      'one thread for a chain',
      '<source:value id="a" value="1"/><transform:map id="b" input="a.output"/><sink:log id="c" after="b"/>',
      1,
    ],
    [
      'one thread for a chain that is read in a text',
      '<source:value id="a" value="1"/><transform:template id="t">{{ a.output }}</transform:template>',
      1,
    ],
    [
      'one thread for a chain with a > in an attribute',
      '<source:value id="a" value="1"/><transform:select id="t" when="1 > 0" input="a.output">input</transform:select>',
      1,
    ],
    ['all of them for a foreach', '<foreach id="a"/>', 9],
    ['all of them for a parallel', '<parallel id="a"/>', 9],
    ['all of them for two nodes that read no other', '<source:value id="a" value="1"/><source:value id="b" value="2"/>', 9],
    ['one for nonsense', 'none', 1],
  ])('starts %s', async (_what, text, threads) => {
    expect(await of(`<workflow maxConcurrency="9">${text}</workflow>`)).toEqual({ maxConcurrency: 9, threads });
  });

  it('takes the cores when there is no file: others will say so', async () => {
    expect(await guessWidth(join(folder, 'none.xml'))).toEqual({ maxConcurrency: cores, threads: 1 });
  });
});
