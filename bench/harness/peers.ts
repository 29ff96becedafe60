import { Piscina } from 'piscina';
import spin from '../modules/spin.js';
import { modulePath } from './modules.js';

/** Another way to get the work of `bench/modules/spin.ts` done. */
export interface Peer {
  readonly name: string;
  run(steps: number): unknown;
}

/** What of these packages is used; they are not dependencies, so their own types are not there. */
interface PoolConstructor {
  new (options: object): { run(task: number): Promise<unknown> };
}
interface Workerpool {
  pool(file: string, options: object): { exec(name: string, args: readonly number[]): Promise<unknown> };
}
interface Poolifier {
  readonly FixedThreadPool: new (threads: number, file: string) => { execute(task: number): Promise<unknown> };
}

/** Opens every peer that is installed, with this many threads; `absent` names the others. */
export async function openPeers(
  threads: number,
): Promise<{ readonly peers: readonly Peer[]; readonly absent: readonly string[] }> {
  const filename = modulePath('spin.js');
  const piscina = new Piscina<number, number>({ filename, minThreads: threads, maxThreads: threads });
  const [tinypool, workerpool, poolifier] = await Promise.all(['tinypool', 'workerpool', 'poolifier'].map(load));
  const peers: Peer[] = [
    { name: 'Promise.all on one thread', run: (steps) => spin(steps) },
    { name: 'piscina', run: (steps) => piscina.run(steps) },
  ];
  if (tinypool !== undefined) {
    const pool = new (tinypool as { readonly Tinypool: PoolConstructor }).Tinypool({
      filename,
      minThreads: threads,
      maxThreads: threads,
    });
    peers.push({ name: 'tinypool', run: (steps) => pool.run(steps) });
  }
  if (workerpool !== undefined) {
    const options = { minWorkers: threads, maxWorkers: threads, workerType: 'thread' };
    const pool = (workerpool as Workerpool).pool(modulePath('workerpool-worker.js'), options);
    peers.push({ name: 'workerpool', run: (steps) => pool.exec('spin', [steps]) });
  }
  if (poolifier !== undefined) {
    const pool = new (poolifier as Poolifier).FixedThreadPool(threads, modulePath('poolifier-worker.js'));
    peers.push({ name: 'poolifier', run: (steps) => pool.execute(steps) });
  }
  const absent = Object.entries({ tinypool, workerpool, poolifier }).flatMap(([name, found]) =>
    found === undefined ? [name] : [],
  );
  return { peers, absent };
}

async function load(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
