import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { DeclarationAST, ParamAST, WorkflowAST } from '../types/ast.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * The flow's config: what the caller gives, defaults for the rest.
 * @throws FlowError CONFIG_INVALID for an undeclared name, a missing required value or one of another type
 */
export function resolveConfig({ params }: WorkflowAST, given: Values): Record<string, unknown> {
  const names = params.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const hint = suggestName(name, names) ?? (names.length > 0 ? `It declares ${names.join(', ')}.` : 'It declares no <param>.');
    throw new FlowError('CONFIG_INVALID', `this flow has no config value "${name}"`, { hint });
  }
  return Object.fromEntries(params.map((param) => [param.name, resolveParam(param, given)]));
}

function resolveParam(param: ParamAST, given: Values): unknown {
  const value = Object.hasOwn(given, param.name) ? given[param.name] : param.default;
  if (value === undefined) {
    throw new FlowError('CONFIG_INVALID', `config value "${param.name}" is required`, {
      source: param.at,
      hint: `Give it: --set ${param.name}=… on the command line, config: { ${param.name} } in the library.`,
    });
  }
  if (param.type !== 'json' && typeof value !== param.type) {
    const message = `config value "${param.name}" must be a ${param.type}, got ${typeof value}`;
    throw new FlowError('CONFIG_INVALID', message, { source: param.at, hint: `Give a ${param.type}.` });
  }
  return value;
}

/** What was given under a name. The environment, too, is an object that inherits: `toString` is no variable of it. */
export function givenText(given: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

/**
 * An empty one is what a variable without a value in a CI system looks like, and no secret.
 * @throws FlowError SECRET_MISSING, naming every secret that is declared and not given, or empty
 */
export function resolveSecrets(
  { secrets }: WorkflowAST,
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const missing = secrets.filter(({ name }) => (givenText(given, name) ?? '') === '');
  const [first] = missing;
  if (first) {
    const absent = missing.filter(({ name }) => givenText(given, name) === undefined);
    const empty = missing.filter((secret) => !absent.includes(secret));
    const message = [listOf(absent, 'not given'), listOf(empty, 'given, but empty')].filter(Boolean).join('; ');
    throw new FlowError('SECRET_MISSING', message, {
      source: first.at,
      hint: 'Set environment variables of these names, or use --secrets-file (secrets: { … } in the library).',
    });
  }
  return Object.fromEntries(secrets.map(({ name }) => [name, given[name] as string]));
}

function listOf(secrets: readonly DeclarationAST[], what: string): string {
  if (secrets.length === 0) return '';
  return `${secrets.length === 1 ? 'secret' : 'secrets'} ${what}: ${secrets.map(({ name }) => name).join(', ')}`;
}

/** Just the variables that the flow lists; one that is not set is absent. */
export function resolveEnv({ env }: WorkflowAST, given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = env.map(({ name }) => [name, givenText(given, name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
