import { createRequire } from 'node:module';
import type { Piscina } from 'piscina';
import type { PoolData, TaskMessage, WorkerReply, WorkerRequest } from './messages.js';

// Piscina takes 6 ms to load, which a run without threads never needs; pools open synchronously, so no import() here.
const require = createRequire(import.meta.url);

type PiscinaPackage = typeof import('piscina');
type LoadBalancer = NonNullable<NonNullable<ConstructorParameters<PiscinaPackage['Piscina']>[0]>['loadBalancer']>;

/** Told to which thread a message goes, before it is posted. */
type Place = (threadId: number) => void;

export interface OpenPool {
  readonly pool: Piscina<WorkerRequest, WorkerReply>;
  /** The message, for the pool to tell `place`. */
  placed(message: TaskMessage, place: Place): TaskMessage;
}

export interface OpenPoolOptions {
  readonly size: number;
  /** Heap limit of each thread, in MiB. */
  readonly memoryMb: number | undefined;
  /** Whether a thread without work may be given a message. */
  mayRun(threadId: number): boolean;
}

/** Starts so many threads. */
export function openPool(workerData: PoolData, { size, memoryMb, mayRun }: OpenPoolOptions): OpenPool {
  const { Piscina, queueOptionsSymbol }: PiscinaPackage = require('piscina');
  const pool = new Piscina<WorkerRequest, WorkerReply>({
    filename: new URL('../../workers/entry.cjs', import.meta.url).href,
    minThreads: size,
    maxThreads: size,
    // 'sync' stops a thread's event loop between tasks, so that the next task is blamed for what an earlier one left behind.
    atomics: 'disabled',
    recordTiming: false,
    loadBalancer: firstIdle((task) => Reflect.get(task, queueOptionsSymbol), mayRun),
    workerData,
    ...(memoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
  });
  return { pool, placed: (message, place) => Object.assign(message, { [queueOptionsSymbol]: place }) };
}

type PoolTask = Parameters<LoadBalancer>[0];

function firstIdle(placeOf: (task: PoolTask) => unknown, mayRun: OpenPoolOptions['mayRun']): LoadBalancer {
  return (task, workers) => {
    const idle = workers.find(({ currentUsage, id }) => currentUsage === 0 && mayRun(id)) ?? null;
    const place = placeOf(task);
    if (idle !== null && typeof place === 'function') place(idle.id);
    return idle;
  };
}
