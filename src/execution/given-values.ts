import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { DeclarationAST, ParamAST, WorkflowAST } from '../types/ast.js';

type Values = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string | undefined>>;

/**
 * The flow's config, defaults where the caller gives nothing, and its secrets.
 * @throws FlowError CONFIG_INVALID or SECRET_MISSING: the first thing wrong with what was given, the others in its `errors`
 */
export function resolveGiven(
  flow: WorkflowAST,
  config: Values,
  secrets: Texts,
): { readonly config: Record<string, unknown>; readonly secrets: Record<string, string> } {
  const [first, ...others] = givenFaults(flow, config, secrets);
  if (first !== undefined) throw first.accompanied(others);
  return {
    config: Object.fromEntries(flow.params.map((param) => [param.name, givenValue(param, config)])),
    secrets: Object.fromEntries(flow.secrets.map(({ name }) => [name, secrets[name] as string])),
  };
}

/** All that is wrong with what was given: undeclared names, missing values, values of another type, missing secrets. */
export function givenFaults(
  { params, secrets: declared }: Pick<WorkflowAST, 'params' | 'secrets'>,
  config: Values,
  secrets: Texts,
): readonly FlowError[] {
  return [
    ...undeclared(params, config),
    ...params.flatMap((param) => faultOf(param, givenValue(param, config)) ?? []),
    ...missingSecrets(declared, secrets),
  ];
}

function undeclared(params: readonly ParamAST[], config: Values): readonly FlowError[] {
  const names = params.map(({ name }) => name);
  const unknown = Object.keys(config).filter((name) => !names.includes(name));
  return unknown.map((name) => {
    const hint = suggestName(name, names) ?? (names.length > 0 ? `It declares ${names.join(', ')}.` : 'It declares no <param>.');
    return new FlowError('CONFIG_INVALID', `this flow has no config value "${name}"`, { hint });
  });
}

function givenValue(param: ParamAST, config: Values): unknown {
  return Object.hasOwn(config, param.name) ? config[param.name] : param.default;
}

function faultOf({ name, type, at }: ParamAST, value: unknown): FlowError | undefined {
  if (value === undefined) {
    return new FlowError('CONFIG_INVALID', `config value "${name}" is required`, {
      source: at,
      hint: `Give it: --set ${name}=… on the command line, config: { ${name} } in the library.`,
    });
  }
  const isNoNumber = type === 'number' && Number.isNaN(value);
  if (type === 'json' || (typeof value === type && !isNoNumber)) return undefined;
  const message = `config value "${name}" must be a ${type}, got ${isNoNumber ? 'NaN' : typeof value}`;
  return new FlowError('CONFIG_INVALID', message, { source: at, hint: `Give a ${type}.` });
}

/** What was given under a name. The environment, too, is an object that inherits: `toString` is no variable of it. */
export function givenText(given: Texts, name: string): string | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

/**
 * One fault that names every secret which is declared and not given, or empty: that is what a variable without a value in a CI
 * system looks like, and no secret.
 */
function missingSecrets(declared: readonly DeclarationAST[], given: Texts): readonly FlowError[] {
  const missing = declared.filter(({ name }) => (givenText(given, name) ?? '') === '');
  const [first] = missing;
  if (first === undefined) return [];
  const absent = missing.filter(({ name }) => givenText(given, name) === undefined);
  const empty = missing.filter((secret) => !absent.includes(secret));
  const message = [listOf(absent, 'not given'), listOf(empty, 'given, but empty')].filter(Boolean).join('; ');
  const hint = 'Set environment variables of these names, or use --secrets-file (secrets: { … } in the library).';
  return [new FlowError('SECRET_MISSING', message, { source: first.at, hint })];
}

function listOf(secrets: readonly DeclarationAST[], what: string): string {
  if (secrets.length === 0) return '';
  return `${secrets.length === 1 ? 'secret' : 'secrets'} ${what}: ${secrets.map(({ name }) => name).join(', ')}`;
}

/** Just the variables that the flow lists; one that is not set is absent. */
export function resolveEnv({ env }: WorkflowAST, given: Texts): Record<string, string> {
  const entries = env.map(({ name }) => [name, givenText(given, name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
