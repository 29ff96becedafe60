import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import { nameKind, type StaticKind } from '../expressions/index.js';
import type { NodeAST } from '../types/ast.js';
import type { Evaluable } from '../types/source.js';

/** What the value of an expression must be. */
export interface Wanted {
  readonly words: string;
  readonly kinds: readonly StaticKind[];
  readonly hint: string;
}

export const condition: Wanted = {
  words: 'true or false',
  kinds: ['bool'],
  hint: 'Compare it with something, such as item.count > 0; true and false are written without quotes.',
};

export const list: Wanted = {
  words: 'a list',
  kinds: ['list', 'bytes'],
  hint: 'Name a list, such as api.output.rows, or write one: [1, 2, 3].',
};

const textOrBytes: Wanted = {
  words: 'text or bytes',
  // A duration leaves an expression as text.
  kinds: ['string', 'bytes', 'duration'],
  hint: 'Turn the value into text first, with <transform:stringify>.',
};

const bytes: Wanted = {
  words: 'bytes',
  kinds: ['bytes'],
  hint: 'Read the file with format="binary", or fetch it with format="binary".',
};

const inputs: ReadonlyMap<string, Wanted> = new Map([
  ...['map', 'filter', 'reduce', 'sort', 'group'].map((name) => [`transform:${name}`, list] as const),
  ...['parse', 'hash', 'compress'].map((name) => [`transform:${name}`, textOrBytes] as const),
  ['transform:decompress', bytes],
]);

/** What a node can work on; undefined where that is anything, or nobody knows. */
export function wantedInput(node: NodeAST): Wanted | undefined {
  return node.kind === 'work' ? inputs.get(node.type) : undefined;
}

/** What a setting of a work node must give; undefined where that is anything. */
export function wantedSetting(type: string, setting: string): Wanted | undefined {
  return type === 'transform:filter' && setting === 'expression' ? condition : undefined;
}

/** Where an expression stands and what it is for. */
interface Use {
  readonly setting: string;
  readonly evaluable: Evaluable;
  readonly wanted?: Wanted | undefined;
}

/** A fault where an expression can give nothing that its setting could use, whatever it reads. */
export function unwantedKind({ wanted, setting, evaluable }: Use, kind: StaticKind): FlowError | undefined {
  if (wanted === undefined || kind === 'any' || kind === 'optional' || kind === 'other' || wanted.kinds.includes(kind)) {
    return undefined;
  }
  const { source } = evaluable;
  const message = `\`${setting}\` must give ${wanted.words}, and this always gives ${nameKind(kind)}`;
  return new FlowError('FLOW_EXPRESSION_TYPE', message, {
    source: locate(source, Math.max(0, source.text.search(/\S/))),
    hint: wanted.hint,
  });
}
