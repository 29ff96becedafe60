import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { loadEnvironment } from '../src/dispatch/environment.js';
import type { PoolData, WorkerReply, WorkerRequest } from '../src/dispatch/messages.js';
import { postAtOnce } from '../src/dispatch/prompt-output.js';
import { WorkerHost } from '../src/dispatch/worker-host.js';
import { transferList } from '../src/transport/pack.js';

if (isMainThread)
  throw new Error('workers/worker.js only runs in the worker threads of FlowScript; import "flowscript" instead.');

const pool: PoolData = workerData;
const host = new WorkerHost({
  pool,
  loadEnvironment: () => loadEnvironment(pool.plugins),
  post: (message) => parentPort?.postMessage(message, message.kind === 'part' ? transferList(message.part.values) : []),
});

postAtOnce(process.stdout);
postAtOnce(process.stderr);
process.on('uncaughtException', (error) => host.uncaught(error));
process.on('unhandledRejection', (reason) => host.uncaught(reason));
process.on('exit', () => host.exiting());

/** Answers every request of the pool with data, whatever happens. */
export default function handle(request: WorkerRequest): Promise<WorkerReply> {
  return host.handle(request);
}
