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
  return { pid: process.pid, started: statOf(process.pid)?.started, host: hostname() };
}

/** Whether it still runs. Of another machine, or another container, nobody can tell: it counts as ended. */
export function isAlive({ pid, started, host }: ProcessIdentity): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = statOf(pid);
  return now?.isEnded !== true && now?.started === started;
}

/** Linux tells the state of a process behind its name, which stands in brackets and may hold anything, and 19 fields later its start. */
function statOf(pid: number): { readonly isEnded: boolean; readonly started: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Whom nobody has waited for keeps its number.
    return { isEnded: /^[ZX]/.test(fields[0] ?? ''), started: fields[19] };
  } catch {
    return undefined;
  }
}
