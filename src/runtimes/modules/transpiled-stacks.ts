import { readFileSync, statSync } from 'node:fs';
import type { Jiti } from 'jiti';
import type { TransformFunction } from '../define-transform.js';
import { TranspiledCode } from './transpiled-code.js';

/** Code that Node itself loaded as a module stands as a `file:` URL in a stack, what jiti transpiled as a path. */
const transpiledFrame = /^(\s+at (?:.*\()?)((?:\/|[A-Za-z]:[\\/]).*\.[cm]?[jt]sx?):(\d+):(\d+)(\)?)$/;
const typeScript = /\.[cm]?tsx?$/;
const moduleSyntax = /^\s*(?:import|export)\b/m;
const longestChain = 10;
const mostMembers = 100;

/** `undefined`: what it was before cannot be known. */
type Code = TranspiledCode | 'as written' | undefined;

export const jitiOptions = { sourceMaps: true };

/** The lines of a stack of another thread with the places of the source. */
export async function restoreStack(stack: string): Promise<string> {
  if (!stack.split('\n').some((line) => transpiledFrame.test(line))) return stack;
  const { createJiti } = await import('jiti');
  // Node's own way with types keeps the columns; which of the two was taken is not known here.
  const { typescript: native } = process.features as { readonly typescript?: unknown };
  return new TranspiledStacks(createJiti(import.meta.url, jitiOptions), native ? 0 : performance.timeOrigin).restoreText(stack);
}

/** Gives errors that come out of transpiled modules the places of the source. A column that cannot be known is left out. */
export class TranspiledStacks {
  readonly #jiti: Pick<Jiti, 'transform'>;
  readonly #loadedAt: number;
  readonly #code = new Map<string, Code>();
  /** An error may be thrown again, and be its own cause. */
  readonly #restored = new WeakSet<Error>();

  /** `loadedAt`: since when, in milliseconds of the epoch, files must be as they were. */
  constructor(jiti: Pick<Jiti, 'transform'>, loadedAt: number) {
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

  #restoreFrame(frame: string): string {
    const match = transpiledFrame.exec(frame);
    if (match === null || /[\\/]node_modules[\\/]/.test(frame)) return frame;
    const [, before = '', file = '', line, column, after = ''] = match;
    const code = this.#codeOf(file);
    if (code === 'as written') return frame;
    const place = code?.sourceOf({ line: Number(line), column: Number(column) });
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
      if (statSync(filename).mtimeMs > this.#loadedAt) return undefined;
      return TranspiledCode.read(this.#jiti.transform({ source, filename, ts, async: true }), filename);
    } catch {
      return undefined;
    }
  }
}
