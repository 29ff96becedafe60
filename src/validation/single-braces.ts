import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import { splitTemplate } from '../expressions/index.js';
import type { SourceText } from '../types/source.js';
import { type Declaration, type Declarations, localNames } from './declarations.js';
import { alwaysKnown, resultFields } from './reads.js';
import { mostFaults } from './rules.js';
import { evaluablesIn } from './sites.js';

/** Settings in which braces are hardly ever meant. In a body, or a text that is made, they may be anything. */
const plainSettings = ['message', 'path', 'url', 'headers'];

/** `{name}` and `{name.field}`, with or without a `$`, but not in two pairs. */
const singleBraces = /(?<![{\\])\$?\{\s*([A-Za-z_]\w*)((?:\.\w+|\[[^[\]{}]*\])*)\s*\}(?!\})/g;

/**
 * Where a flow without faults has an expression in one pair of braces: what it begins with is a name of this flow, so it is no chance.
 * Whether it could be read there is left to the reader of the expression, which tells more of it once it is one.
 */
export function findSingleBraces(declarations: Declarations): readonly FlowError[] {
  const found: FlowError[] = [];
  for (const declaration of declarations.all) {
    for (const text of plainTexts(declaration)) {
      for (const slip of slipsIn(text.text, declaration, declarations)) {
        if (found.push(refuse(slip, text, declaration)) === mostFaults) return found;
      }
    }
  }
  return found;
}

function plainTexts({ node }: Declaration): readonly SourceText[] {
  if (node.kind !== 'work') return [];
  const { settings } = node;
  return plainSettings.flatMap((name) =>
    evaluablesIn(settings[name]).flatMap(({ kind, source }) =>
      kind === 'template' && source.text.search(singleBraces) >= 0 ? source : [],
    ),
  );
}

/** Where in a text a name that `isWanted` stands in one pair of braces, what was meant. */
export function bracesMeant(
  { text }: SourceText,
  declaration: Declaration,
  declarations: Declarations,
  isWanted: (root: string) => boolean,
): string | undefined {
  const meant = slipsIn(text, declaration, declarations).find(({ root }) => isWanted(root));
  return meant && hintFor(meant);
}

interface Slip {
  readonly written: string;
  readonly root: string;
  readonly rest: string;
  readonly offset: number;
}

function refuse(slip: Slip, source: SourceText, { node }: Declaration): FlowError {
  const message = `${slip.written} stays as it is: an expression in a text has two pairs of braces`;
  return new FlowError('FLOW_SETTING_INVALID', message, {
    source: locate(source, slip.offset),
    nodeId: node.id,
    hint: hintFor(slip),
  });
}

function hintFor({ root, rest }: Slip): string {
  return `Did you mean {{ ${root}${rest} }}?`;
}

function slipsIn(source: string, { trail }: Declaration, { byId }: Declarations): readonly Slip[] {
  const local = new Set(localNames(trail));
  const isOfThisFlow = (root: string, rest: string): boolean => {
    if (local.has(root) || root === 'input') return true;
    return byId.has(root) ? resultFields.has(/\w+/.exec(rest)?.[0] ?? '') : alwaysKnown.has(root) && rest !== '';
  };
  return plainParts(source).flatMap(({ at, text }) =>
    [...text.matchAll(singleBraces)].flatMap(({ 0: written, 1: root = '', 2: rest = '', index }) =>
      isOfThisFlow(root, rest) ? { written, root, rest, offset: at + index } : [],
    ),
  );
}

/** What stands around the expressions of a text. */
function plainParts(text: string): readonly { readonly at: number; readonly text: string }[] {
  const expressions = splitTemplate(text).filter((part) => part.kind === 'expression');
  const ends = [...expressions.map(({ start }) => start - 2), text.length];
  return [0, ...expressions.map(({ end }) => end + 2)].map((at, index) => ({ at, text: text.slice(at, ends[index]) }));
}
