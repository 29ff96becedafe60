/** Where JSON text stops being JSON. `index` counts UTF-16 code units. */
export interface JsonFault {
  readonly index: number;
  readonly expected: string;
}

const token =
  /[ \t\n\r]*(?:("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([[\]{},:]))/y;
const blank = /[ \t\n\r]*/y;

type Wanted = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const words: Readonly<Record<Wanted, string>> = {
  value: 'a value',
  'value-or-end': 'a value or ]',
  key: 'a name in double quotes',
  'key-or-end': 'a name in double quotes or }',
  colon: ':',
  'comma-or-end': 'a comma or the closing bracket',
  nothing: 'the end of the text',
};

/**
 * The place where text stops being JSON, or `undefined` when all of it is. `JSON.parse` does not tell the place
 * on Node 20; this runs only to explain a text that it refused.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  let index = 0;
  for (;;) {
    token.lastIndex = index;
    const match = token.exec(text);
    const next: Wanted | undefined = match === null ? undefined : follow(wanted, match, open);
    if (match === null || next === undefined) return faultAt(text, index, wanted);
    wanted = next;
    index = token.lastIndex;
  }
}

/** What to do about a comma that the closing bracket follows, as JavaScript allows it. */
export function trailingCommaHint(text: string, index: number): string | undefined {
  const isTrailing = /[\]}]/.test(text.charAt(index)) && text.slice(0, index).trimEnd().endsWith(',');
  return isTrailing ? `Remove the comma before the "${text.charAt(index)}": JSON has none after the last.` : undefined;
}

/** What may come after a token, or `undefined` when the token may not stand here. Keeps `open` up to date. */
function follow(wanted: Wanted, match: RegExpExecArray, open: string[]): Wanted | undefined {
  const [, text, scalar, mark] = match;
  const takesName = ['key', 'key-or-end'].includes(wanted);
  const takesValue = ['value', 'value-or-end'].includes(wanted);
  if (text !== undefined && takesName) return 'colon';
  if ((text ?? scalar) !== undefined) return takesValue ? afterValue(open) : undefined;
  if (mark === '[' || mark === '{') return takesValue ? enter(mark, open) : undefined;
  return mark === ':' || mark === ',' ? separate(wanted, mark, open) : close(wanted, mark === ']' ? '[' : '{', open);
}

function enter(opener: '[' | '{', open: string[]): Wanted {
  open.push(opener);
  return opener === '[' ? 'value-or-end' : 'key-or-end';
}

function separate(wanted: Wanted, mark: ':' | ',', open: readonly string[]): Wanted | undefined {
  if (mark === ':') return wanted === 'colon' ? 'value' : undefined;
  if (wanted !== 'comma-or-end') return undefined;
  return open.at(-1) === '[' ? 'value' : 'key';
}

function close(wanted: Wanted, opener: string, open: string[]): Wanted | undefined {
  const mayClose = wanted === 'comma-or-end' || wanted === (opener === '[' ? 'value-or-end' : 'key-or-end');
  if (!mayClose || open.at(-1) !== opener) return undefined;
  open.pop();
  return afterValue(open);
}

function afterValue(open: readonly string[]): Wanted {
  return open.length === 0 ? 'nothing' : 'comma-or-end';
}

function faultAt(text: string, index: number, wanted: Wanted): JsonFault | undefined {
  blank.lastIndex = index;
  blank.exec(text);
  const place = blank.lastIndex;
  return wanted === 'nothing' && place === text.length ? undefined : { index: place, expected: words[wanted] };
}
