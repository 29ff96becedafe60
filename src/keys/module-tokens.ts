import tokensOf, { type Token } from 'js-tokens';

/** What a module of JavaScript or TypeScript says, layout and comments left out. */
export interface ModuleTokens {
  /** The same for two texts that differ in comments and white space alone. */
  readonly text: string;
  /** What it imports, as written, in order; each once. */
  readonly imports: readonly string[];
  /** Every name that occurs, in texts too, and `...` if it does. */
  readonly words: ReadonlySet<string>;
}

/** Reads a module's text. Never fails: what is no JavaScript has tokens too. */
export function readModuleTokens(source: string): ModuleTokens {
  const kept: Token[] = [];
  const parts: string[] = [];
  let isNewLine = false;
  for (const token of tokensOf(source)) {
    if (isLayout(token)) {
      isNewLine ||= /[\n\r\u2028\u2029]/.test(token.value);
      continue;
    }
    if (isNewLine && mayEndStatement(kept.at(-1), token)) parts.push('\n');
    parts.push(`${token.value.length}:${token.value}`);
    kept.push(token);
    isNewLine = false;
  }
  return { text: parts.join(''), imports: importsOf(kept), words: wordsOf(kept) };
}

const layout: ReadonlySet<Token['type']> = new Set([
  'WhiteSpace',
  'LineTerminatorSequence',
  'SingleLineComment',
  'MultiLineComment',
  'HashbangComment',
]);

function isLayout({ type }: Token): boolean {
  return layout.has(type);
}

/** After these a line break changes what follows: it ends a statement, or makes a modifier the name of a field. */
const before: ReadonlySet<string> = new Set(
  (
    'return throw yield async await break continue get set static accessor using let of type interface namespace module global ' +
    'declare abstract readonly public private protected override enum const infer asserts unique keyof'
  ).split(' '),
);
/** Before these it does: they belong to what stands in front of them only in the same line. */
const after: ReadonlySet<string> = new Set(['++', '--', '!', 'as', 'satisfies', 'is', '=>']);

/** Where code is valid, leaving out any other line break leaves its meaning as it is, or would leave it invalid. */
function mayEndStatement(previous: Token | undefined, next: Token): boolean {
  return (previous !== undefined && before.has(previous.value)) || after.has(next.value);
}

/** Also what merely looks like an import, such as in a type: more than what is loaded, never less of what is written as a plain text. */
function importsOf(tokens: readonly Token[]): readonly string[] {
  const found = new Set<string>();
  tokens.forEach((token, at) => {
    const text = literalOf(token);
    if (text !== undefined && isImported(text, tokens[at - 1], tokens[at - 2], tokens[at + 1])) found.add(text);
  });
  return [...found];
}

function isImported(text: string, before: Token | undefined, twoBefore: Token | undefined, next: Token | undefined): boolean {
  if (before?.value === 'import' || before?.value === 'from') return true;
  if (before?.value !== '(') return false;
  if (twoBefore?.value === 'import' || twoBefore?.value === 'require' || twoBefore?.value === 'resolve') return true;
  // `new URL('./x.js', import.meta.url)` names a worker; any other file so named may be one that the code writes.
  return twoBefore?.value === 'URL' && next?.value === ',' && /\.([mc]?[jt]s|wasm)$/.test(text);
}

function literalOf({ type, value }: Token): string | undefined {
  if (type !== 'StringLiteral' && type !== 'NoSubstitutionTemplate') return undefined;
  return value.slice(1, -1);
}

function wordsOf(tokens: readonly Token[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { type, value } of tokens) {
    if (type === 'IdentifierName' || value === '...') words.add(value);
    else if (/String|Template/.test(type)) for (const word of value.match(/\w+/g) ?? []) words.add(word);
  }
  return words;
}
