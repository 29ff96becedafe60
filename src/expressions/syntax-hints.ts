interface Slip {
  /** Matched against the text from two characters before the fault on. */
  readonly pattern: RegExp;
  readonly hint: string;
}

// Habits from JavaScript and its relatives, most specific first. `before` is at most two characters.
const slips: readonly Slip[] = [
  { pattern: /^.{0,2}===|^==?=/, hint: 'Write ==; it compares values, however deep.' },
  { pattern: /^.{0,2}!==|^!==?/, hint: 'Write !=; it compares values, however deep.' },
  { pattern: /^.{0,2}=>/, hint: 'CEL has no arrow functions: list.map(x, x.field), list.filter(x, x.ok).' },
  { pattern: /^.{0,2}\?\?|^.?\?\?/, hint: 'For a default write a.?b.orValue(default).' },
  { pattern: /^.{0,2}\?\./, hint: 'Optional access is written the other way round: a.?b, then .orValue(default).' },
  { pattern: /^.{0,2}`/, hint: 'Write text in quotes and join it with +, as in "n=" + n.' },
  {
    pattern: /^.{0,2}(\+=|-=|\*=|\/=|\+\+|--)/,
    hint: 'An expression computes a value and changes nothing; write a variable with <set>.',
  },
  { pattern: /^.{0,2}(?<![=!<>])=(?!=)/, hint: 'Compare with ==; an expression cannot assign.' },
  { pattern: /^.{0,2}(?<!&)&(?!&)/, hint: 'Write && for "and" (in an XML attribute: &amp;&amp;).' },
  { pattern: /^.{0,2}(?<!\|)\|(?!\|)/, hint: 'Write || for "or"; there are no pipes: call functions as list.sort().' },
  { pattern: /^.{0,2}\.\.\./, hint: 'CEL has no spread; join lists with +.' },
  { pattern: /^.{0,2};/, hint: 'An expression is one value: no statements, no semicolon.' },
  { pattern: /^.{0,2}\$\{/, hint: 'Write text in quotes and join it with +, as in "n=" + n.' },
  { pattern: /^.{0,2}[$@#]/, hint: 'Names consist of letters, digits and _; reach others as nodes["name"] or map["name"].' },
  { pattern: /^.{0,2}\band\b/, hint: 'Write && for "and" (in an XML attribute: &amp;&amp;).' },
  { pattern: /^.{0,2}\bor\b/, hint: 'Write || for "or".' },
  { pattern: /^.{0,2}\binstanceof\b/, hint: 'Ask for a kind with type(x) == string.' },
];

const words: Readonly<Record<string, string>> = {
  not: 'Write ! for "not".',
  typeof: 'Write type(x), as in type(x) == string.',
  new: 'Expressions create nothing; for a time write timestamp("2024-05-01T00:00:00Z").',
  await: 'A node output is there when the expression runs; there is nothing to await.',
};

const codes: Readonly<Record<string, string>> = {
  reserved_identifier: 'For a node of that name write nodes["name"].',
  invalid_macro_argument: 'As in list.filter(x, x.ok) or has(a.field).',
};

/** What the author may have meant by the text around a syntax fault. */
export function syntaxHint(text: string, at: number, code: string): string | undefined {
  const known = codes[code];
  if (known !== undefined) return known;
  const around = text.slice(Math.max(0, at - 2), at + 12);
  const slip = slips.find(({ pattern }) => pattern.test(around));
  if (slip !== undefined) return slip.hint;
  return wordHint(text, at) ?? unfinishedHint(text, at, code);
}

function wordHint(text: string, at: number): string | undefined {
  const word = /(\w+)\s+$/.exec(text.slice(0, at))?.[1];
  return word === undefined || !Object.hasOwn(words, word) ? undefined : words[word];
}

function unfinishedHint(text: string, at: number, code: string): string | undefined {
  if (code.startsWith('unterminated')) return 'Close the text with the quote it began with.';
  if (code === 'expected_token' && isInsideChoice(text.slice(0, at)))
    return 'A choice needs both sides: condition ? then : else.';
  if (/\.\s*$/.test(text.slice(0, at))) return 'Reach a field whose name is no identifier with brackets: a["field"], list[0].';
  return undefined;
}

function isInsideChoice(before: string): boolean {
  return /[^.[]\?/.test(before);
}
