import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Cores that this process can keep busy, at least 1: those it may run on, or fewer where a container gives it less time. Node 20 sees only the
 * former. Part of a core counts as one. `root`: where the file system starts.
 */
export function usableCores(root = '/'): number {
  const cores = availableParallelism();
  return Math.max(1, Math.min(cores, Math.ceil(cgroupLimit(root) ?? cores)));
}

/** The least that the control groups of this process allow, in cores; undefined without a limit. */
function cgroupLimit(root: string): number | undefined {
  const limits = read(join(root, 'proc/self/cgroup'))
    .split('\n')
    .flatMap((line) => {
      const [, hierarchy = '', controllers = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
      if (hierarchy === '0') return limitsOf(join(root, 'sys/fs/cgroup'), path, versionTwo);
      if (!controllers.split(',').includes('cpu')) return [];
      return limitsOf(join(root, 'sys/fs/cgroup', controllers), path, versionOne);
    });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Of a group and all above it. In a container its own path may not be there: then the top is its own. */
function limitsOf(top: string, path: string, limitIn: (folder: string) => number | undefined): number[] {
  const limits: number[] = [];
  for (let at = join('/', path); ; at = dirname(at)) {
    const limit = limitIn(join(top, at));
    if (limit !== undefined) limits.push(limit);
    if (at === '/') return limits;
  }
}

function versionTwo(folder: string): number | undefined {
  const [quota, period] = read(join(folder, 'cpu.max')).split(' ');
  return share(quota, period);
}

function versionOne(folder: string): number | undefined {
  return share(read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us')));
}

function share(quota: string | undefined, period: string | undefined): number | undefined {
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
