import { nearestName } from '../errors/nearest.js';
import type { SourcePosition } from '../types/source.js';
import type { FaultList } from './fault-list.js';
import type { LineIndex } from './line-index.js';
import type { Reading } from './reading.js';

interface OpenTag {
  readonly name: string;
  readonly start: number;
}

/** Follows which elements are open, and reports tags that do not pair up and roots beyond the first. */
export class OpenTags {
  readonly #lines: LineIndex;
  readonly #faults: FaultList;
  readonly #names: () => ReadonlySet<string>;
  #known: ReadonlySet<string> | undefined;
  readonly #open: OpenTag[] = [];
  /** How often each name is open, so that a stray closing tag is known without a search. */
  readonly #counts = new Map<string, number>();
  #opened = 0;
  #root: OpenTag | undefined;

  /** The names of the elements there are tell which of two tags that should pair up is misspelt. */
  constructor({ lines, faults, names }: Pick<Reading, 'lines' | 'faults' | 'names'>) {
    this.#lines = lines;
    this.#faults = faults;
    this.#names = names;
  }

  /** Elements inside one another at this point. */
  get depth(): number {
    return this.#open.length;
  }

  /** Elements seen so far. */
  get opened(): number {
    return this.#opened;
  }

  open(name: string, start: number, selfClosing: boolean): void {
    if (this.depth === 0) this.#enterRoot(name, start);
    this.#opened += 1;
    if (selfClosing) return;
    this.#open.push({ name, start });
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  close(name: string, start: number): void {
    const innermost = this.#open.at(-1);
    if (innermost?.name === name) this.#pop();
    else if (innermost !== undefined && this.#isMisspelt(innermost.name, name)) this.#closeMisspelt(innermost, name, start);
    else if ((this.#counts.get(name) ?? 0) > 0) this.#closeOuter(name, start);
    else this.#reportStray(name, start, innermost);
  }

  /** Reports what is still open, or missing, at the end of the file. */
  finish(end: number): void {
    for (const tag of this.#open) this.#reportUnclosed(tag, 'the end of the file');
    if (this.#opened > 0) return;
    const hint = 'Start with <workflow name="…">.';
    this.#faults.report('FLOW_XML_MALFORMED', this.#lines.positionAt(end), 'The file has no root element.', { hint });
  }

  #enterRoot(name: string, start: number): void {
    if (this.#root === undefined) {
      this.#root = { name, start };
      return;
    }
    const message = `<${name}> is a second root element; the first, <${this.#root.name}>, is at ${this.#show(this.#root.start)}.`;
    const hint = `Move it inside <${this.#root.name}>, or into a file of its own.`;
    this.#faults.report('FLOW_XML_MALFORMED', this.#at(start), message, { hint });
  }

  /** Whether an opening tag was meant to be that of the closing one. */
  #isMisspelt(opening: string, closing: string): boolean {
    this.#known ??= this.#names();
    return !this.#known.has(opening) && this.#known.has(closing) && nearestName(opening, [closing]) !== undefined;
  }

  #closeMisspelt(opening: OpenTag, name: string, start: number): void {
    const message = `There is no element <${opening.name}>, and </${name}> at ${this.#show(start)} does not close it.`;
    this.#faults.report('FLOW_XML_MALFORMED', this.#at(opening.start), message, { hint: `Did you mean "${name}"?` });
    this.#pop();
  }

  #closeOuter(name: string, start: number): void {
    for (let tag = this.#pop(); tag !== undefined && tag.name !== name; tag = this.#pop()) {
      this.#reportUnclosed(tag, `</${name}> at ${this.#show(start)}`);
    }
  }

  #reportUnclosed({ name, start }: OpenTag, before: string): void {
    const hint = `Add </${name}>, or write <${name} … /> if it holds nothing.`;
    this.#faults.report('FLOW_XML_MALFORMED', this.#at(start), `<${name}> is not closed before ${before}.`, { hint });
  }

  #reportStray(name: string, start: number, innermost: OpenTag | undefined): void {
    if (innermost === undefined) {
      const message = `</${name}> closes nothing: no element is open here.`;
      this.#faults.report('FLOW_XML_MALFORMED', this.#at(start), message, { hint: 'Remove it.' });
      return;
    }
    const message = `</${name}> closes nothing: the innermost open element is <${innermost.name}> from ${this.#show(innermost.start)}.`;
    const hint = `Write </${innermost.name}>, or remove it.`;
    this.#faults.report('FLOW_XML_MALFORMED', this.#at(start), message, { hint });
    // A misspelt closing tag was meant for the innermost element; leaving that open would only give echoes.
    if (nearestName(name, [innermost.name]) !== undefined) this.#pop();
  }

  #pop(): OpenTag | undefined {
    const tag = this.#open.pop();
    if (tag !== undefined) this.#counts.set(tag.name, (this.#counts.get(tag.name) ?? 1) - 1);
    return tag;
  }

  #at(offset: number): SourcePosition {
    return this.#lines.positionAt(offset);
  }

  #show(offset: number): string {
    const { line, column } = this.#at(offset);
    return `${line}:${column}`;
  }
}
