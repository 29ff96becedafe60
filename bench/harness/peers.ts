import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import { Tinypool } from 'tinypool';
import workerpool from 'workerpool';
import spin from '../modules/spin.js';
import { modulePath } from './modules.js';

/** Another way to get the work of `bench/modules/spin.ts` done. */
export interface Peer {
  readonly name: string;
  run(steps: number): unknown;
}

/** Every peer, with this many threads. */
export function openPeers(threads: number): readonly Peer[] {
  const filename = modulePath('spin.js');
  const size = { filename, minThreads: threads, maxThreads: threads };
  const piscina = new Piscina<number, number>(size);
  const tinypool = new Tinypool(size);
  const poolifier = new FixedThreadPool<number, number>(threads, modulePath('poolifier-worker.js'));
  const options = { minWorkers: threads, maxWorkers: threads, workerType: 'thread' } as const;
  const workers = workerpool.pool(modulePath('workerpool-worker.js'), options);
  return [
    { name: 'Promise.all on one thread', run: (steps) => spin(steps) },
    { name: 'piscina', run: (steps) => piscina.run(steps) },
    { name: 'tinypool', run: (steps) => tinypool.run(steps) },
    { name: 'workerpool', run: (steps) => workers.exec('spin', [steps]) },
    { name: 'poolifier', run: (steps) => poolifier.execute(steps) },
  ];
}
