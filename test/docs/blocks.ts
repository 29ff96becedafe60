/** A fenced block of a Markdown file that promises something. */
export interface DocBlock {
  readonly kind: 'flow' | 'shell' | 'script';
  /** `xml`, `sh`, `ts` or `js`. */
  readonly language: string;
  readonly text: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
  readonly exitCode: number;
  /** What the block right after it says it prints; `…` stands for anything. */
  readonly output: string | undefined;
}

const kinds: Readonly<Record<string, DocBlock['kind']>> = {
  'xml flow': 'flow',
  'sh run': 'shell',
  'ts run': 'script',
  'js run': 'script',
};
const fence = /^(`{3,})(\w+)(?: +(\S.*?))? *\n([\s\S]*?)^\1 *$/gm;

/**
 * Every tagged block: `xml flow`, `sh run`, `ts run`, `js run`, the last three with `exit=N` if need be, and with a
 * `text output` block after them.
 * @throws Error for a tag that is none of these, and for output that belongs to nothing
 */
export function readBlocks(file: string, markdown: string): readonly DocBlock[] {
  const blocks: DocBlock[] = [];
  // The end of the block that an output may still follow.
  let open = -1;
  for (const { index, 0: whole, 2: language = '', 3: tag, 4: text = '' } of markdown.matchAll(fence)) {
    if (tag === undefined) continue;
    const line = markdown.slice(0, index).split('\n').length;
    const last = blocks.at(-1);
    if (`${language} ${tag}` === 'text output') {
      if (last === undefined || open < 0 || markdown.slice(open, index).trim() !== '') {
        throw new Error(`${file}:${line}: expected a block that runs right before this output`);
      }
      blocks[blocks.length - 1] = { ...last, output: text };
      open = -1;
      continue;
    }
    const block = parseBlock(language, tag);
    if (block === undefined) throw new Error(`${file}:${line}: no such kind of block: ${language} ${tag}`);
    blocks.push({ ...block, language, text, line, output: undefined });
    open = block.kind === 'flow' ? -1 : index + whole.length;
  }
  return blocks;
}

function parseBlock(language: string, tag: string): Pick<DocBlock, 'kind' | 'exitCode'> | undefined {
  const [, name = '', exitCode = '0'] = /^(\w+)(?: exit=(\d+))?$/.exec(tag) ?? [];
  const kind = kinds[`${language} ${name}`];
  return kind === undefined ? undefined : { kind, exitCode: Number(exitCode) };
}

/** Matches text that is `expected` but for what `…` stands for, and for spaces at the ends of lines. */
export function outputPattern(expected: string): RegExp {
  const parts = trimLines(expected).split('…');
  return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[^]*?')}$`);
}

export function trimLines(text: string): string {
  return text.replace(/[ \t\r]+$/gm, '').trim();
}
