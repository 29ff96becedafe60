// Runs a stretch of cases of one kind, in a process that may be killed: node child.ts KIND FIRST COUNT END, where END is when to stop
import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { kinds } from './kinds/index.js';

const [, , name = '', first = '', count = '', endAt = ''] = process.argv;
const kind = kinds.find((one) => one.name === name) ?? noKind();

function noKind(): never {
  throw new Error(`There is no kind ${name}.`);
}

/** Pipes take this at once, so that the parent knows which case runs although nothing yields any more. */
function tell(message: object): void {
  writeSync(3, `${JSON.stringify(message)}\n`);
}

let current = 0;
const stray = (error: unknown): void => {
  tell({ type: 'stray', seed: current, why: `unhandled: ${error instanceof Error ? error.stack : inspect(error)}`, shown: '' });
};
process.on('unhandledRejection', stray);
process.on('uncaughtException', stray);
process.on('warning', (warning) => stray(warning));

const patienceMs = 30_000;

async function runCase(seed: number): Promise<void> {
  current = seed;
  tell({ type: 'start', seed });
  const [value] = fc.sample(kind.cases, { seed, numRuns: 1 });
  const cpu = process.cpuUsage();
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_done, fail) => {
      timer = setTimeout(() => fail(new Error(`not done after ${patienceMs} ms`)), patienceMs);
    });
    const ending = await Promise.race([kind.check(value, seed), late]);
    const { user, system } = process.cpuUsage(cpu);
    tell({ type: 'end', seed, ending, cpuMs: (user + system) / 1000 });
  } catch (error) {
    const shown = inspect(value, { depth: 5, maxStringLength: 4_000, maxArrayLength: 50 }).slice(0, 8_000);
    tell({ type: 'broken', seed, why: error instanceof Error ? (error.stack ?? error.message) : inspect(error), shown });
  } finally {
    clearTimeout(timer);
  }
}

for (let seed = Number(first); seed < Number(first) + Number(count) && Date.now() < Number(endAt); seed++) await runCase(seed);
// What a case left behind may fail yet.
await new Promise((resolve) => setImmediate(resolve));
tell({ type: 'done' });
process.exit();
