import { describeLongNumber, findLongNumbers, losesDigits } from '../errors/long-numbers.js';
import type { DeclarationAST, ParamAST } from '../types/ast.js';
import { reportSettings } from './build-body.js';
import type { BuildContext } from './build-context.js';
import type { GatheredSettings } from './gather-settings.js';
import { readPart, reportChildren } from './read-node.js';
import { recogniseElement } from './recognise-element.js';
import type { XmlElement } from './xml-element.js';

interface ParamSettings {
  readonly name: string;
  readonly type: ParamAST['type'];
  readonly default?: string;
  readonly required?: boolean;
  readonly description?: string;
}

type Settings = Readonly<Record<string, unknown>>;

/** The parameters that a `<config>` declares. */
export function buildParams(config: XmlElement, known: Set<string>, context: BuildContext): ParamAST[] {
  return readDeclarations(config, 'param', known, context, (settings, gathered) =>
    toParam(settings as unknown as ParamSettings, gathered, context),
  );
}

/** The names that a `<secrets>` or `<env>` lists, as elements called `part`. */
export function buildNames(
  element: XmlElement,
  part: 'secret' | 'var',
  known: Set<string>,
  context: BuildContext,
): DeclarationAST[] {
  return readDeclarations(element, part, known, context, (settings, gathered) => {
    const { name } = settings as Pick<DeclarationAST, 'name'>;
    return { name, at: gathered.element.at };
  });
}

function readDeclarations<Declaration extends DeclarationAST>(
  element: XmlElement,
  part: string,
  known: Set<string>,
  context: BuildContext,
  make: (settings: Settings, gathered: GatheredSettings) => Declaration,
): Declaration[] {
  reportSettings(element, undefined, context);
  const declarations: Declaration[] = [];
  const place = {
    parent: element.name,
    nodeId: undefined,
    parts: [part],
    takesNodes: false,
    settings: [],
    scope: topLevel,
  } as const;
  for (const child of element.children) {
    if (recogniseElement(child, place, context) === undefined) continue;
    const { gathered, settings } = readPart(child, part, undefined, context);
    reportChildren(gathered, context);
    if (settings === undefined) continue;
    const declaration = make(settings, gathered);
    reportKnown(declaration.name, gathered, known, context);
    declarations.push(declaration);
  }
  return declarations;
}

const topLevel = { breaks: 'outside-loop' } as const;

function reportKnown(name: string, { element, given }: GatheredSettings, known: Set<string>, { faults }: BuildContext): void {
  if (known.has(name)) {
    const message = `<${element.name} name="${name}"> is declared twice.`;
    faults.report('FLOW_SETTING_INVALID', given.get('name')?.at ?? element.at, message, { hint: 'Remove one of them.' });
  }
  known.add(name);
}

function toParam(settings: ParamSettings, gathered: GatheredSettings, context: BuildContext): ParamAST {
  const { name, type, required, description } = settings;
  return { name, type, default: defaultOf(settings, gathered, required, context), description, at: gathered.element.at };
}

function defaultOf(
  { name, type, default: written }: ParamSettings,
  { given, element }: GatheredSettings,
  required: boolean | undefined,
  { faults }: BuildContext,
): unknown {
  if (written === undefined) return required === false ? null : undefined;
  const at = given.get('default')?.at ?? element.at;
  if (required === true) {
    const hint = 'Remove default="…", or required="true".';
    faults.report('FLOW_SETTING_INVALID', at, `The param "${name}" is required, so its default is never used.`, { hint });
  }
  const converted = convertDefault(written, type);
  if (converted.ok) return converted.value;
  const message = `The default of "${name}" must be ${converted.expected}, found ${JSON.stringify(written)}.`;
  faults.report('FLOW_SETTING_INVALID', at, message, { hint: 'Mend the default, or change type="…".' });
  return undefined;
}

type Converted = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: string };

function convertDefault(written: string, type: ParamAST['type']): Converted {
  switch (type) {
    case 'string':
      return { ok: true, value: written };
    case 'number':
      return toNumber(written);
    case 'boolean':
      if (written === 'true' || written === 'false') return { ok: true, value: written === 'true' };
      return { ok: false, expected: '"true" or "false"' };
    case 'json':
      return toJson(written);
  }
}

function toNumber(written: string): Converted {
  const value = Number(written);
  if (losesDigits(written.trim())) return { ok: false, expected: 'a number that keeps its digits, or type="string"' };
  return written.trim() !== '' && Number.isFinite(value) ? { ok: true, value } : { ok: false, expected: 'a number' };
}

function toJson(written: string): Converted {
  try {
    const value: unknown = JSON.parse(written);
    const [long] = findLongNumbers(written);
    return long === undefined ? { ok: true, value } : { ok: false, expected: `other JSON (${describeLongNumber(long)})` };
  } catch (error) {
    return { ok: false, expected: `JSON (${error instanceof Error ? error.message : String(error)})` };
  }
}
