import { boundedText, mostCharacters } from './bounded-text.js';
import { describeOutput } from './describe-output.js';
import { assertWritable } from './written-values.js';

/** Own fields of an error that are written out. */
const mostFields = 100;
const shownOfValue = 1_000;

/**
 * The own fields of an error as JSON data. A long text is cut, a large value becomes `{"$type":"Cut","characters":…,"start":…}`, and of very
 * many fields the first are there: user code may put whatever it works with on its errors.
 */
export function boundedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields);
  const shown = entries.slice(0, mostFields).map(([name, value]) => [boundedText(name), boundedValue(value)] as const);
  const rest = entries.length - shown.length;
  return Object.fromEntries(rest > 0 ? [...shown, ['…', `${rest} more fields`]] : shown);
}

function boundedValue(value: unknown): unknown {
  if (typeof value === 'string') return boundedText(value);
  const described = describeOutput(value);
  if (typeof described !== 'object' || described === null) return described;
  const text = textOf(described);
  if (text === undefined) return { $type: 'Cut' };
  return text.length <= mostCharacters
    ? described
    : { $type: 'Cut', characters: text.length, start: text.slice(0, shownOfValue) };
}

/** Undefined when no text can hold it. */
function textOf(described: object): string | undefined {
  try {
    assertWritable(described);
    return JSON.stringify(described);
  } catch {
    return undefined;
  }
}
