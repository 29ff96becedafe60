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
      for (const slip of slipsIn(text, declaration, declarations)) {
        if (found.push(slip) === mostFaults) return found;
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

/** What a text that says the same for all was meant to name. */
export function bracesMeant(source: SourceText, declaration: Declaration, declarations: Declarations): string | undefined {
  const [first] = slipsIn(source, declaration, declarations);
  return first?.hint;
}

function* slipsIn(source: SourceText, { node, trail }: Declaration, { byId }: Declarations): Generator<FlowError> {
  const local = new Set(localNames(trail));
  const isOfThisFlow = (root: string, rest: string): boolean => {
    if (local.has(root) || root === 'input') return true;
    return byId.has(root) ? resultFields.has(/\w+/.exec(rest)?.[0] ?? '') : alwaysKnown.has(root) && rest !== '';
  };
  for (const { at, text } of plainParts(source.text)) {
    for (const { 0: written, 1: root = '', 2: rest = '', index } of text.matchAll(singleBraces)) {
      if (!isOfThisFlow(root, rest)) continue;
      const message = `${written} stays as it is: an expression in a text has two pairs of braces`;
      const details = { source: locate(source, at + index), nodeId: node.id, hint: `Did you mean {{ ${root}${rest} }}?` };
      yield new FlowError('FLOW_SETTING_INVALID', message, details);
    }
  }
}

/** What stands around the expressions of a text. */
function plainParts(text: string): readonly { readonly at: number; readonly text: string }[] {
  const expressions = splitTemplate(text).filter((part) => part.kind === 'expression');
  const ends = [...expressions.map(({ start }) => start - 2), text.length];
  return [0, ...expressions.map(({ end }) => end + 2)].map((at, index) => ({ at, text: text.slice(at, ends[index]) }));
}
