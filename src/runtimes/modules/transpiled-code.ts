import { SourceMap, type SourceMapPayload } from 'node:module';

/** Line and column from 1, as a stack has them. */
export interface CodePlace {
  readonly line: number;
  readonly column: number;
}

/** What jiti puts before the code on its first line, which the map knows nothing of. */
const wrapper = '(async function (exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve) { ';
const inlineMap = /^(?:\/\/# sourceMappingURL=)?data:application\/json;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)/m;

/** What code was before it was transpiled: types and the like are gone from its lines, so that columns are not those of the source. */
export class TranspiledCode {
  readonly #map: SourceMap;

  private constructor(map: SourceMap) {
    this.#map = map;
  }

  /** By the map in the code, or in the URL that a debugger tells of it. Undefined without one, and for a map to other files. */
  static read(codeOrUrl: string, file: string): TranspiledCode | undefined {
    const encoded = inlineMap.exec(codeOrUrl)?.[1];
    if (encoded === undefined) return undefined;
    const payload = JSON.parse(Buffer.from(encoded, 'base64').toString()) as SourceMapPayload;
    return payload.sources[0] === file ? new TranspiledCode(new SourceMap(payload)) : undefined;
  }

  /** Where in the source a place of the code comes from; undefined for what has no source. */
  sourceOf({ line, column }: CodePlace): CodePlace | undefined {
    const found = this.#map.findEntry(line - 1, column - 1 - (line === 1 ? wrapper.length : 0));
    if (!('originalLine' in found)) return undefined;
    return { line: found.originalLine + 1, column: found.originalColumn + 1 };
  }
}
