import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** Whether a path names one file by a pattern of many: `*`, `**`, `?`, `[ab]`, `{a,b}`. */
export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

const require = createRequire(import.meta.url);

/**
 * Tells which paths a pattern means. Data may have put the wildcards there, so it takes time in proportion to the path: with an engine that
 * goes back, fifteen stars and one long name take years. Names that begin with a dot are meant only where the pattern writes a dot.
 * @throws when a range of letters runs backwards
 */
export function compileGlob(pattern: string): (path: string) => boolean {
  // Loaded when it is first needed: it takes 10 ms.
  const engine = (require('re2js') as { readonly RE2JS: typeof RE2JS }).RE2JS;
  const compiled = engine.compile(`(?s)${translate(pattern)}`);
  const writesDots = /(?:^|[/{,])\./.test(pattern);
  return (path) => (writesDots || !/(?:^|\/)\./.test(path)) && compiled.matches(path);
}

function translate(pattern: string): string {
  const braces = bracesOf(pattern);
  let regex = '';
  for (let at = 0; at < pattern.length; ) {
    const piece = pieceAt(pattern, at, braces.get(at));
    regex += piece.regex;
    at += piece.length;
  }
  return regex;
}

interface Piece {
  readonly regex: string;
  readonly length: number;
}

function pieceAt(pattern: string, at: number, brace: string | undefined): Piece {
  if (brace !== undefined) return { regex: brace, length: 1 };
  const char = pattern.charAt(at);
  if (char === '*') return starsAt(pattern, at);
  if (char === '?') return { regex: '[^/]', length: 1 };
  if (char === '[') return classAt(pattern, at);
  if (char === '\\' && at + 1 < pattern.length) return { regex: escaped(pattern.charAt(at + 1)), length: 2 };
  return { regex: escaped(char), length: 1 };
}

/** `**` is any number of folders where it stands alone between slashes, else a star like one. */
function starsAt(pattern: string, at: number): Piece {
  const length = /^\*+/.exec(pattern.slice(at))?.[0].length ?? 1;
  const before = pattern.charAt(at - 1);
  const behind = pattern.charAt(at + length);
  if (length < 2 || !['', '/', '{', ','].includes(before)) return { regex: '[^/]*', length };
  if (behind === '/') return { regex: '(?:[^/]+/)*', length: length + 1 };
  return { regex: ['', '}', ','].includes(behind) ? '.*' : '[^/]*', length };
}

function classAt(pattern: string, at: number): Piece {
  const [whole, not, inside = ''] = /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(at, at + longestClass)) ?? [];
  if (whole === undefined || inside === '') return { regex: '\\[', length: 1 };
  const members = inside.replace(/[\\[\]^&~]/g, '\\$&');
  return { regex: not === '' ? `[${members}]` : `[^/${members}]`, length: whole.length };
}

const longestClass = 256;

interface BraceGroup {
  readonly at: number;
  readonly commas: number[];
}

/** What stands for the braces and commas of `{a,b}`, by their position; a brace without a comma or a partner is itself. */
function bracesOf(pattern: string): ReadonlyMap<number, string> {
  const meanings = new Map<number, string>();
  const open: BraceGroup[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '\\') at++;
    else if (char === '[') at += classAt(pattern, at).length - 1;
    else if (char === '{') open.push({ at, commas: [] });
    else if (char === ',') open.at(-1)?.commas.push(at);
    else if (char === '}') close(open.pop(), at, meanings);
  }
  return meanings;
}

function close(group: BraceGroup | undefined, at: number, meanings: Map<number, string>): void {
  if (group === undefined || group.commas.length === 0) return;
  meanings.set(group.at, '(?:').set(at, ')');
  for (const comma of group.commas) meanings.set(comma, '|');
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(char) ? `\\${char}` : char;
}
