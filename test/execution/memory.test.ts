import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const child = fileURLToPath(new URL('children/garbage.mjs', import.meta.url));

async function garbageOf(count: number): Promise<{ readonly outputs: readonly unknown[]; readonly bytesPerItem: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, String(count)]);
  return JSON.parse(stdout);
}

describe('a foreach over many items', () => {
  it('leaves its garbage to the young generation, so that the heap does not grow with their number', async () => {
    const { outputs, bytesPerItem } = await garbageOf(40_000);
    expect(outputs).toEqual(Array(5).fill(40_000));
    // 8 bytes an item are its result. What outlives its batch took 680 before batches let go of all they held; less than half of that
    // is what a collection leaves that falls into the middle of the run.
    expect(bytesPerItem).toBeLessThan(340);
  }, 120_000);
});
