import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { usableCores } from '#src/dispatch/usable-cores.js';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A file system that says so of its control groups. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'flowscript-cores-'));
  roots.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const all = availableParallelism();
const v2 = (path: string) => ({ 'proc/self/cgroup': `0::${path}\n` });

it.each<[string, Readonly<Record<string, string>>, number]>([
  ['no control groups', {}, all],
  ['a container with one core', { ...v2('/'), 'sys/fs/cgroup/cpu.max': '100000 100000\n' }, 1],
  ['a container with part of a core', { ...v2('/'), 'sys/fs/cgroup/cpu.max': '20000 100000\n' }, 1],
  ['a core and a part', { ...v2('/'), 'sys/fs/cgroup/cpu.max': '150000 100000\n' }, Math.min(all, 2)],
  ['no limit', { ...v2('/'), 'sys/fs/cgroup/cpu.max': 'max 100000\n' }, all],
  ['more than there is', { ...v2('/'), 'sys/fs/cgroup/cpu.max': '12800000 100000\n' }, all],
  [
    'a limit further up',
    { ...v2('/a/b'), 'sys/fs/cgroup/a/cpu.max': '100000 100000', 'sys/fs/cgroup/a/b/cpu.max': 'max 100000' },
    1,
  ],
  ['a path that only the host has', { ...v2('/docker/4711'), 'sys/fs/cgroup/cpu.max': '100000 100000' }, 1],
  [
    'version 1',
    {
      'proc/self/cgroup': '5:memory:/x\n4:cpu,cpuacct:/docker/4711\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    },
    1,
  ],
  [
    'version 1 without a limit',
    {
      'proc/self/cgroup': '4:cpu,cpuacct:/\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    },
    all,
  ],
  ['nonsense', { 'proc/self/cgroup': 'what?', 'sys/fs/cgroup/cpu.max': 'x' }, all],
])('counts the cores of %s', (_what, files, expected) => {
  expect(usableCores(rootWith(files))).toBe(expected);
});

it('counts those of this machine', () => {
  expect(usableCores()).toBeGreaterThanOrEqual(1);
  expect(usableCores()).toBeLessThanOrEqual(all);
});
