import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Jiti } from 'jiti';
import type { TransformFunction } from '../define-transform.js';
import { TranspiledCode } from './transpiled-code.js';

/** Code that Node itself loaded as a module stands as a `file:` URL in a stack, what jiti transpiled as a path. */
const startOfFrame = /^(\s+at (?:.*\()?)((?:\/|[A-Za-z]:[\\/]).*)$/s;
const endOfFrame = /(?<=\.[cm]?[jt]sx?):(\d+):(\d+)(\)?)$/;
/** A stack begins with the message, which may be anything. */
const longestFrame = 2_000;
const typeScript = /\.[cm]?tsx?$/;
/** A call of `import()` is no module's own. */
const moduleSyntax = /^[ \t]*(?:import\b(?!\s*\()|export\b)/m;
const longestChain = 10;
const mostMembers = 100;

/** `undefined`: what it was before cannot be known. */
type Code = TranspiledCode | 'as written' | undefined;

export const jitiOptions = { sourceMaps: true };

interface Frame {
  readonly before: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly after: string;
}

type Transpiler = Pick<Jiti, 'transform'>;

/**
 * The lines of a stack of another thread with the places of the source. Once `giveUp` is aborted, columns that are not known yet are
 * left out.
 */
export async function restoreStack(stack: string, giveUp: AbortSignal): Promise<string> {
  const lines = stack.split('\n');
  if (!lines.some((line) => readFrame(line) !== undefined)) return stack;
  // Node's own way with types keeps the columns; which of the two was taken is not known here.
  const { typescript: native } = process.features as { readonly typescript?: unknown };
  const stacks = new TranspiledStacks(native ? undefined : await loadTranspiler(giveUp), performance.timeOrigin);
  const restored: string[] = [];
  for (const line of lines) {
    restored.push(stacks.restoreText(line));
    // Transpiling takes long enough that others, and whoever gives up, must get a turn.
    await setImmediate();
  }
  return restored.join('\n');
}

async function loadTranspiler(giveUp: AbortSignal): Promise<Transpiler | undefined> {
  if (giveUp.aborted) return undefined;
  const loaded = await Promise.race([import('jiti'), once(giveUp, 'abort')]);
  if (!('createJiti' in loaded)) return undefined;
  const jiti = loaded.createJiti(import.meta.url, jitiOptions);
  return {
    transform(options) {
      giveUp.throwIfAborted();
      return jiti.transform(options);
    },
  };
}

/** Gives errors that come out of transpiled modules the places of the source. A column that cannot be known is left out. */
export class TranspiledStacks {
  readonly #jiti: Transpiler | undefined;
  readonly #loadedAt: number;
  readonly #code = new Map<string, Code>();
  /** An error may be thrown again, and be its own cause. */
  readonly #restored = new WeakSet<Error>();

  /** `loadedAt`: since when, in milliseconds of the epoch, files must be as they were. Without jiti no column is known. */
  constructor(jiti: Transpiler | undefined, loadedAt: number) {
    this.#jiti = jiti;
    this.#loadedAt = loadedAt;
  }

  /** The same function, throwing the same errors with other stacks. */
  watch(run: TransformFunction): TransformFunction {
    return (input, context) => {
      try {
        const given = run(input, context);
        return given instanceof Promise ? given.catch((thrown: unknown) => this.#rethrow(thrown)) : given;
      } catch (thrown) {
        return this.#rethrow(thrown);
      }
    };
  }

  /** Of an error, its causes and members. */
  restore(thrown: unknown, depth = 0): void {
    if (!(thrown instanceof Error) || depth === longestChain || this.#restored.has(thrown)) return;
    this.#restored.add(thrown);
    try {
      const { stack, cause } = thrown;
      if (typeof stack === 'string') thrown.stack = this.restoreText(stack);
      this.restore(cause, depth + 1);
      const members: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [];
      for (const member of members.slice(0, mostMembers)) this.restore(member, depth + 1);
    } catch {
      // A frozen error, or one with fields that throw, is told as it is.
    }
  }

  restoreText(stack: string): string {
    return stack
      .split('\n')
      .map((line) => this.#restoreFrame(line))
      .join('\n');
  }

  #rethrow(thrown: unknown): never {
    this.restore(thrown);
    throw thrown;
  }

  #restoreFrame(text: string): string {
    const frame = readFrame(text);
    if (frame === undefined || /[\\/]node_modules[\\/]/.test(text)) return text;
    const { before, file, line, after } = frame;
    const code = this.#codeOf(file);
    if (code === 'as written') return text;
    const place = code?.sourceOf(frame);
    return `${before}${file}:${place === undefined ? line : `${place.line}:${place.column}`}${after}`;
  }

  #codeOf(file: string): Code {
    const known = this.#code.get(file);
    if (known !== undefined || this.#code.has(file)) return known;
    const code = this.#read(file);
    this.#code.set(file, code);
    return code;
  }

  /** From jiti's own cache, as long as the file is the one that was loaded. */
  #read(filename: string): Code {
    try {
      const source = readFileSync(filename, 'utf8');
      const ts = typeScript.test(filename);
      if (!ts && !moduleSyntax.test(source)) return 'as written';
      if (this.#jiti === undefined || statSync(filename).mtimeMs > this.#loadedAt) return undefined;
      return TranspiledCode.read(this.#jiti.transform({ source, filename, ts, async: true }), filename);
    } catch {
      return undefined;
    }
  }
}

/** By its end and then its start: one pattern for both would try each end with each start. */
function readFrame(text: string): Frame | undefined {
  if (text.length > longestFrame) return undefined;
  const end = endOfFrame.exec(text);
  const start = end && startOfFrame.exec(text.slice(0, end.index));
  if (!start) return undefined;
  const [, before = '', file = ''] = start;
  return { before, file, line: Number(end[1]), column: Number(end[2]), after: end[3] ?? '' };
}
