import { fileURLToPath } from 'node:url';

/** One line of a stack. */
export interface UserFrame {
  /** What was called, as the stack names it; `undefined` at the top level of a module. */
  readonly call: string | undefined;
  readonly file: string;
  readonly line: number;
  /** `undefined` where it cannot be known, as in code that was transpiled. */
  readonly column: number | undefined;
}

/** `file:line:column`, as far as that is known. */
export function shownPlace({ file, line, column }: Pick<UserFrame, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}${column === undefined ? '' : `:${column}`}`;
}

const mostFrames = 5;
const longestChain = 10;
/** The build this file is part of. */
const ownFolder = fileURLToPath(new URL('../..', import.meta.url));
const framePattern = /^\s*at (?:(.*?) \()?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*?)(?:\?[^:]*)?:(\d+)(?::(\d+))?\)?$/;

/**
 * Where in the user's own modules an error arose: the first stack in its chain of causes that passes through any, innermost
 * call first, at most 5. Frames of Node, of FlowScript and of packages are left out.
 */
export function userFrames(error: Error): readonly UserFrame[] {
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < longestChain; depth++) {
    const frames = framesOf(current);
    if (frames.length > 0) return frames;
    current = current.cause;
  }
  return [];
}

/** Those of its own stack, whatever it was caused by. */
export function framesOf({ stack }: Error): readonly UserFrame[] {
  // What a foreign library made may have anything for a stack.
  const frames = (typeof stack === 'string' ? stack : '').split('\n').flatMap((line) => parseFrame(line) ?? []);
  return frames.filter(({ file }) => isUserFile(file)).slice(0, mostFrames);
}

function parseFrame(text: string): UserFrame | undefined {
  const match = framePattern.exec(text);
  if (match === null) return undefined;
  const [, call, place = '', line, column] = match;
  const file = fileOf(place);
  if (file === undefined) return undefined;
  return {
    call: call?.replace(/^async /, ''),
    file,
    line: Number(line),
    column: column === undefined ? undefined : Number(column),
  };
}

/** Undefined for what names no file: a message may have lines that look like frames. */
function fileOf(place: string): string | undefined {
  if (!place.startsWith('file://')) return place;
  try {
    return fileURLToPath(place);
  } catch {
    return undefined;
  }
}

function isUserFile(file: string): boolean {
  return !file.startsWith(ownFolder) && !/[\\/]node_modules[\\/]/.test(file);
}
