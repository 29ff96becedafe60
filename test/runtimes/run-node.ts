import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FlowError } from '#src/errors/flow-error.js';
import { registry } from '#src/runtimes/registry.js';
import type { NodeExecutionContext } from '#src/runtimes/types.js';
import '#src/runtimes/index.js';

/** What a node did besides giving an output. */
export interface Trace {
  readonly logs: { readonly message: string; readonly level: string | undefined }[];
  readonly progress: (readonly [number, number | undefined])[];
  readonly variables: { readonly name: string; readonly value: unknown; readonly scope: string }[];
  signalReads: number;
}

export function createTrace(): Trace {
  return { logs: [], progress: [], variables: [], signalReads: 0 };
}

export interface RunOptions {
  readonly input?: unknown;
  readonly flowDirectory?: string;
  readonly signal?: AbortSignal;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly trace?: Trace;
}

/** Runs one registered node type as a dispatcher would. */
export async function runNode(type: string, config: object, options: RunOptions = {}): Promise<unknown> {
  return registry.getRuntime(type).execute({ config, input: options.input, context: createContext(options) });
}

export function createContext({
  flowDirectory = '/',
  signal = new AbortController().signal,
  secrets = {},
  trace = createTrace(),
}: RunOptions): NodeExecutionContext {
  return {
    nodeId: 'n',
    runId: 'run-1',
    flowDirectory,
    config: { top: 3 },
    secrets,
    item: 'the item',
    index: 4,
    branch: 1,
    attempt: 2,
    get signal() {
      trace.signalReads += 1;
      return signal;
    },
    isCancelled: () => signal.aborted,
    log: (message, level) => trace.logs.push({ message, level }),
    progress: (done, total) => trace.progress.push([done, total]),
    setVariable: (name, value, scope) => trace.variables.push({ name, value, scope }),
  };
}

/** The error an action ends with; a test that expects one fails when there is none. */
export async function failureOf(action: () => unknown): Promise<FlowError> {
  try {
    await action();
  } catch (error) {
    return error as FlowError;
  }
  throw new Error('Expected a failure, got none.');
}

/** A folder of real files, removed by `remove`. */
export async function createFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'flowscript-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
