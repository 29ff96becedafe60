import type { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { restoreStack } from '../runtimes/modules/transpiled-stacks.js';

const mostFrames = 10;
/** The build this file is part of. */
const ownFolder: string = new URL('../..', import.meta.url).href;
const scriptParsed = '{"method":"Debugger.scriptParsed"';

interface CallFrame {
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number };
}

interface Script {
  readonly url: string;
  readonly isModule?: boolean;
}

export interface ReadingLimits {
  readonly boundMs: number;
  /** Ends the wait at once. */
  readonly giveUp: AbortSignal;
}

/**
 * The calls that a thread is in, innermost first, as lines of a stack: also of a loop that never yields. Undefined when the thread
 * does not say so in time, as in native code. The thread is to be ended afterwards.
 */
export async function readThreadStack(worker: Worker, { boundMs, giveUp }: ReadingLimits): Promise<string | undefined> {
  // Loaded when a thread is ended for the first time; Node can be built without it.
  const inspector = await import('node:inspector').catch(() => undefined);
  if (inspector === undefined || giveUp.aborted) return undefined;
  const session = new inspector.Session();
  try {
    session.connect();
    return await new StackReading(session, worker.threadId).read({ boundMs, giveUp });
  } catch {
    return undefined;
  } finally {
    session.disconnect();
  }
}

/** Pauses one thread by way of a debugger's session, and lets go of it again. */
class StackReading {
  readonly #session: Session;
  readonly #title: string;
  readonly #scripts: string[] = [];
  #target: string | undefined;
  #settle: (frames: readonly CallFrame[] | undefined) => void = () => undefined;

  constructor(session: Session, threadId: number) {
    this.#session = session;
    this.#title = `[worker ${threadId}]`;
  }

  async read({ boundMs, giveUp }: ReadingLimits): Promise<string | undefined> {
    const over = new AbortController();
    const stop = () => {
      over.abort();
      this.#settle(undefined);
    };
    const timer = setTimeout(stop, boundMs);
    giveUp.addEventListener('abort', stop);
    // A process that ends waits for its threads, and a paused one would not end.
    process.on('exit', stop);
    try {
      const frames = await this.#pause();
      const lines = frames && this.#render(frames);
      return lines && (await restoreStack(lines, over.signal));
    } finally {
      clearTimeout(timer);
      giveUp.removeEventListener('abort', stop);
      process.off('exit', stop);
    }
  }

  #pause(): Promise<readonly CallFrame[] | undefined> {
    return new Promise((resolve) => {
      this.#settle = (frames) => {
        this.#letGo();
        resolve(frames);
      };
      this.#session.on('NodeWorker.attachedToWorker', ({ params }) => {
        if (params.workerInfo.title.startsWith(this.#title)) this.#begin(params.sessionId);
      });
      this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
        if (params.sessionId === this.#target) this.#hear(params.message);
      });
      this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    });
  }

  #begin(sessionId: string): void {
    this.#target = sessionId;
    this.#tell('Debugger.enable');
    this.#tell('Debugger.pause');
  }

  #hear(message: string): void {
    if (message.startsWith(scriptParsed)) this.#scripts.push(message);
    else if (message.startsWith('{"method":"Debugger.paused"')) this.#settle(JSON.parse(message).params.callFrames);
  }

  /** Before the thread is ended: one that is ended while it is paused stays for ever. */
  #letGo(): void {
    this.#settle = () => undefined;
    if (this.#target === undefined) return;
    this.#tell('Debugger.disable');
    this.#session.post('NodeWorker.detach', { sessionId: this.#target });
    this.#target = undefined;
  }

  #tell(method: string): void {
    const sessionId = this.#target ?? '';
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id: 1, method }) });
  }

  /** The user's calls, without what they call of Node and of FlowScript, and without who called them. */
  #render(frames: readonly CallFrame[]): string | undefined {
    const lines: string[] = [];
    for (const { functionName, location } of frames) {
      const { url, isModule } = this.#scriptOf(location.scriptId);
      const isForeign = url.startsWith('node:') || url.startsWith(ownFolder);
      if (isForeign && lines.length === 0) continue;
      if (isForeign || lines.length === mostFrames) break;
      const name = isModule ? url : pathOf(url);
      const place = `${name}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
      lines.push(functionName === '' ? `    at ${place}` : `    at ${functionName} (${place})`);
    }
    return lines.length === 0 ? undefined : lines.join('\n');
  }

  #scriptOf(scriptId: string): Script {
    const start = `${scriptParsed},"params":{"scriptId":"${scriptId}",`;
    const message = this.#scripts.find((each) => each.startsWith(start));
    return message === undefined ? { url: '<anonymous>' } : JSON.parse(message).params;
  }
}

/** Code that was made from a text may give itself any URL. */
function pathOf(url: string): string {
  try {
    return url.startsWith('file:') ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}
