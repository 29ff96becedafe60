/** What the builder must know of an element's settings. Implemented from the zod schemas, so that the parser needs none of them. */
export interface ElementShape {
  /** `source:http`, `parallel`, `retry` … as written in XML. */
  readonly element: string;
  readonly settings: ReadonlyMap<string, SettingShape>;
  /** The setting that plain text content fills, if any. */
  readonly textSetting: string | undefined;
  /** The setting (a list of `{name, value}`) that attributes of unknown names go into; `undefined` refuses them. */
  readonly openSetting: string | undefined;
  /** Checks and types what was collected. `raw` values: strings for `literal`, `Evaluable`s for the rest, arrays for `repeated`. */
  parse(raw: Readonly<Record<string, unknown>>): ShapeOutcome;
}

export type ShapeOutcome =
  | { readonly ok: true; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly issues: readonly SettingIssue[] };

export interface SettingIssue {
  /** Undefined when the element as a whole is at fault. */
  readonly setting: string | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Where in the setting's own text the fault lies, such as inside JSON. Counts UTF-16 code units from 0. */
  readonly index?: number | undefined;
  /** Of a list of named values: which of them, from 0. */
  readonly entry?: number | undefined;
}

export type SettingKind = 'literal' | 'expression' | 'lambda' | 'template' | 'path' | 'url';

export interface SettingShape {
  readonly name: string;
  readonly kind: SettingKind;
  /** Extra names a `lambda` sees. */
  readonly binds: readonly string[];
  /** For settings written as repeated child elements `<header name="…">value</header>`: the child element's name. */
  readonly repeated: string | undefined;
}

export interface ElementCatalog {
  get(element: string): ElementShape | undefined;
  /** Names of every element that may stand where a node may, for suggestions. */
  nodeElements(): readonly string[];
}
