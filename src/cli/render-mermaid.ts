import type { ArrowReason } from './flow-arrows.js';
import type { Diagram, Shape } from './flow-diagram.js';

/** A flowchart: blocks are subgraphs. */
export function renderMermaid({ shapes, arrows }: Diagram): string {
  const names = new Names();
  const drawn = shapes.flatMap((shape) => linesOf(shape, '  ', names));
  const lines = arrows.map(({ from, to, reason }) => `  ${names.of(from)} ${arrowFor[reason]} ${names.of(to)}`);
  return ['flowchart LR', ...drawn, ...lines, ''].join('\n');
}

/** What Mermaid draws by default; a diagram cannot raise either limit itself. */
const limits = { maxTextSize: 50_000, maxEdges: 500 };

/** Of a diagram that Mermaid refuses to draw unless it is told otherwise. */
export function warningOfSize({ arrows }: Diagram, text: string): string | undefined {
  const { maxTextSize, maxEdges } = limits;
  if (text.length <= maxTextSize && arrows.length <= maxEdges) return undefined;
  const needed = { maxTextSize: Math.max(maxTextSize, text.length), maxEdges: Math.max(maxEdges, arrows.length) };
  return [
    `warning: ${text.length} characters and ${arrows.length} arrows: Mermaid refuses more than ${maxTextSize} and ${maxEdges} unless it is told otherwise`,
    `  help: Draw it with ${JSON.stringify(needed)}, as in the file of \`mmdc --configFile\` or in \`mermaid.initialize\`, or use --format dot.`,
  ].join('\n');
}

const arrowFor: Readonly<Record<ArrowReason, string>> = {
  data: '-->',
  variable: '-->|variable|',
  after: '-.->|after|',
  next: '-.->',
  fallback: '-.->|on failure|',
};

function linesOf(shape: Shape, indent: string, names: Names): readonly string[] {
  const name = names.of(shape.id);
  if (shape.kind === 'box') return [`${indent}${name}["${shape.lines.map(escapeText).join('<br/>')}"]`];
  const members = shape.members.flatMap((member) => linesOf(member, `${indent}  `, names));
  // A subgraph that no arrow enters or leaves is turned by a quarter otherwise.
  return [`${indent}subgraph ${name}["${escapeText(shape.title)}"]`, `${indent}  direction LR`, ...members, `${indent}end`];
}

/**
 * Names that Mermaid takes, as like the ids as may be: it reads `end`, `a--b` and more as its own words, which the prefix prevents.
 */
class Names {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(id: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const plain = `n_${id.replace(/[^A-Za-z0-9]+/g, '_')}`;
    let name = plain;
    for (let copy = 2; this.#taken.has(name); copy++) name = `${plain}_${copy}`;
    this.#names.set(id, name);
    this.#taken.add(name);
    return name;
  }
}

/** Mermaid knows no escapes but `#code;`, and reads some marks as Markdown. */
function escapeText(text: string): string {
  return text.replace(/["#&<>`*\\\r\n]/g, (character) => `#${character.charCodeAt(0)};`);
}
