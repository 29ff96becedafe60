import { describeLongNumber, findLongNumbers } from '../../errors/long-numbers.js';
import { type Fault, type Frame, fault, quoted, spend, spendBuilding } from '../frame.js';
import { writeJson } from '../json.js';
import { define, type FunctionSpec } from './define.js';

/** JSON text to values and back. */
export const jsonFunctions: readonly FunctionSpec[] = [
  define('json.parse', 'function', ['string'], 'any', parse),
  define('json.stringify', 'function', ['any', 'whole?'], 'string', (frame, value, indent) => writeJson(frame, value, indent)),
];

function parse(frame: Frame, text: string): unknown {
  // What is read costs memory several times its text, and twice as much when it is all brackets.
  spendBuilding(frame, text.length);
  spend(frame, 1);
  const value = parseOr(text, () => fault(frame, `json.parse() cannot read ${quoted(frame, text)} as JSON`));
  const [long] = findLongNumbers(text);
  if (long === undefined) return value;
  throw fault(frame, `json.parse() would change a number: ${describeLongNumber(long)}`);
}

function parseOr(text: string, refuse: () => Fault): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refuse();
  }
}
