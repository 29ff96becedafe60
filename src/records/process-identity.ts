import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process told apart from any later one that is given its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a unit of the system's; undefined where that cannot be had. */
  readonly started: string | undefined;
  readonly host: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid), host: hostname() };
}

/** Whether it still runs. Of another machine, or another container, nobody can tell: it counts as ended. */
export function isAlive({ pid, started, host }: ProcessIdentity): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === started;
}

/** Linux keeps it as the 22nd field, the second being a name in brackets that may hold anything. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}
