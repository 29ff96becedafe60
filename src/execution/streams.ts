import { FlowError } from '../errors/flow-error.js';
import type { FileSourceConfig } from '../runtimes/source/file.js';
import { openFileRows } from '../runtimes/source/file-rows.js';
import type { WorkNode } from '../types/ast.js';
import type { TemplateSource } from '../types/source.js';
import { evaluate } from './evaluate.js';
import { finishFailed, finishNode } from './finish-nodes.js';
import { RowStream } from './row-stream.js';
import { cancelledBy, isCancel, type Outcome, type Scope } from './scope.js';

/**
 * Runs a `source:file` whose rows go straight to the `foreach` called `reader`, which may start when `opened` is called. The source has
 * ended when its last row was read. Undefined, and nothing done, when its output is no list of rows after all.
 */
export async function executeStreamed(
  node: WorkNode,
  reader: string,
  scope: Scope,
  opened: () => void,
): Promise<Outcome | undefined> {
  const startedAt = Date.now();
  const rows = await openRows(node, scope);
  if (rows === undefined) return undefined;
  const { run, signal } = scope;
  run.emit({ type: 'node.started', nodeId: node.id, path: scope.path + node.id });
  const stream = new RowStream(rows);
  const stop = (): void => void stream.stop(cancelledBy(signal)).catch(() => undefined);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  run.streams.set(reader, stream);
  opened();
  const end = await stream.ended;
  signal.removeEventListener('abort', stop);
  const timing = { attempts: 1, startedAt, durationMs: stream.readMs };
  const place = run.dispatcher.mode === 'auto' ? { place: 'main' as const } : {};
  if (end.status === 'completed') {
    finishNode(node, { status: 'completed', ...timing }, scope, place);
    return { status: 'completed', output: null };
  }
  if (!(end.error instanceof FlowError)) throw end.error;
  const where = { source: node.at, nodeId: node.id, path: scope.path + node.id, attempt: 1 };
  // What stopped it was no failure of its own, and is known by its identity.
  const error = isCancel(end.error, signal) ? end.error : run.redactor.value(end.error).located(where);
  // Its time is that of its reading; it has waited for its file or its reader since.
  if (isCancel(error, signal))
    run.stopped.note(signal.reason, { path: scope.path + node.id, startedAt, endedAt: Date.now(), stack: undefined });
  finishFailed(node, error, timing, scope);
  return { status: 'failed', error };
}

/** Where the path cannot be had or is wrong, the source itself says so. */
async function openRows(node: WorkNode, scope: Scope): Promise<Awaited<ReturnType<typeof openFileRows>>> {
  try {
    const path = evaluate(scope, node.settings['path'] as TemplateSource);
    const { flowDirectory } = scope.run.package;
    return await openFileRows({ ...(node.settings as unknown as FileSourceConfig), path }, flowDirectory, scope.signal);
  } catch (error) {
    if (error instanceof FlowError) return undefined;
    throw error;
  }
}
