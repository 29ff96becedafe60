import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { type Frame, fault, spend } from '../frame.js';
import { define, type FunctionSpec } from './define.js';

// re2js takes 10 ms to load, which most flows never need; expressions compile synchronously, so no import() here.
const require = createRequire(import.meta.url);

const MAX_PATTERN_LENGTH = 1000;
const COMPILE_STEPS_PER_CHARACTER = 200;

/** A pattern ready to search with. */
interface Pattern {
  readonly source: string;
  isFoundIn(frame: Frame, text: string): boolean;
}

type PatternOutcome =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Compiles an RE2 pattern, whose search takes time proportional to the text. */
export function readPattern(source: string): PatternOutcome {
  if (source.length > MAX_PATTERN_LENGTH) {
    return { ok: false, message: `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`, hint: 'Test in several steps.' };
  }
  try {
    const engine = require('re2js') as { readonly RE2JS: typeof RE2JS };
    const compiled = engine.RE2JS.compile(source);
    return { ok: true, pattern: patternOf(source, compiled) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    return { ok: false, message: `the pattern cannot be used: ${reason}`, hint: hintOf(source) };
  }
}

function patternOf(source: string, compiled: RE2JS): Pattern {
  // Measured: in the worst case each character meets every instruction of the pattern, at some 30 ns each.
  const stepsPerCharacter = 2 + compiled.programSize() / 4;
  return {
    source,
    isFoundIn(frame, text) {
      spend(frame, text.length * stepsPerCharacter + 1);
      return compiled.matcher(text).find();
    },
  };
}

function hintOf(source: string): string {
  if (/\(\?<?[=!]/.test(source))
    return 'Patterns are RE2: look-ahead and look-behind do not exist. Combine two matches() with && or !.';
  if (/\\[1-9]/.test(source)) return 'Patterns are RE2: back-references do not exist.';
  return 'Patterns are RE2, as in Go; in quotes a backslash is written twice, or use a raw text: r"\\d+".';
}

/** `text.matches(pattern)`, for patterns known only at run time. Literal ones are compiled once, with the expression. */
export const matches: FunctionSpec = define('matches', 'either', ['string', 'string'], 'bool', (frame, text, source) => {
  spend(frame, source.length * COMPILE_STEPS_PER_CHARACTER);
  const outcome = readPattern(source);
  if (outcome.ok) return outcome.pattern.isFoundIn(frame, text);
  throw fault(frame, outcome.message, outcome.hint);
});
