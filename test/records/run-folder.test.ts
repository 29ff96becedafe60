import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { RunFolder } from '#src/records/run-folder.js';

const runs = mkdtempSync(join(tmpdir(), 'flowscript-runs-'));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

it('lets one process in behind the one that two have looked at, however late the other comes', () => {
  const folder = new RunFolder(runs, 'one');
  folder.create({
    format: 1,
    id: 'one',
    workflow: 'w',
    file: 'flow.xml',
    flowHash: '',
    startedAt: 0,
    mode: 'threads',
    maxConcurrency: 2,
    node: process.version,
    secrets: [],
    config: [],
  });
  expect(folder.enter(0)).toBe(1);
  const seen = folder.latestProcess?.number ?? 0;
  expect(folder.enter(seen)).toBe(2);
  expect(folder.enter(seen)).toBeUndefined();
  expect(folder.latestProcess?.number).toBe(2);
});
