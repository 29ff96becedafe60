import { FlowError } from '../errors/flow-error.js';
import { describeLongNumber, findLongNumbers, losesDigits } from '../errors/long-numbers.js';
import { nearestName } from '../errors/nearest.js';
import { explainJson } from '../runtimes/formats/parse-json.js';
import type { ParamAST } from '../types/ast.js';

/**
 * The config that `--set name=value` arguments give, each value of the type its `<param>` declares; of several for one name
 * the last counts.
 * @throws FlowError CONFIG_INVALID for an argument without `=`, a name the flow does not declare, a value of another type; of
 * several faults the first, the others in its `errors`
 */
export function parseAssignments(assignments: readonly string[], params: readonly ParamAST[]): Record<string, unknown> {
  const faults: FlowError[] = [];
  const entries = assignments.flatMap((assignment) => {
    try {
      return [parseAssignment(assignment, params)];
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      faults.push(error);
      return [];
    }
  });
  const [first, ...others] = faults;
  if (first !== undefined) throw first.accompanied(others);
  return Object.fromEntries(entries);
}

/** The names that they give something, be it right or wrong. */
export function assignedNames(assignments: readonly string[]): ReadonlySet<string> {
  return new Set(assignments.map(nameIn));
}

function nameIn(assignment: string): string {
  return assignment.split('=', 1)[0]?.trim() ?? '';
}

function parseAssignment(assignment: string, params: readonly ParamAST[]): readonly [string, unknown] {
  const equals = assignment.indexOf('=');
  if (equals <= 0) {
    throw invalid(
      `--set expects name=value, got "${assignment}"`,
      `Write --set ${assignment.replace(/^=/, 'name=') || 'name'}${equals < 0 ? '=…' : ''}.`,
    );
  }
  const name = nameIn(assignment);
  const param = params.find((candidate) => candidate.name === name);
  if (param === undefined) throw invalid(`The flow has no config "${name}"`, unknownHint(name, params));
  return [name, parseValue(assignment.slice(equals + 1), param)];
}

function unknownHint(name: string, params: readonly ParamAST[]): string {
  const names = params.map((param) => param.name);
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  if (names.length > 0) return `It declares ${names.join(', ')}.`;
  return `Declare it: <config><param name="${name}" type="string"/></config>.`;
}

function parseValue(text: string, { name, type }: ParamAST): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return parseNumber(name, text);
    case 'boolean':
      return parseBoolean(name, text);
    case 'json':
      return parseJsonValue(name, text);
  }
}

function parseNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw invalid(`--set ${name} expects a number, got "${text}"`);
  if (losesDigits(text.trim())) throw longNumber(name, text.trim());
  return value;
}

function parseBoolean(name: string, text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw invalid(`--set ${name} expects true or false, got "${text}"`);
}

function parseJsonValue(name: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const [long] = findLongNumbers(text);
    if (long !== undefined) throw longNumber(name, long.written);
    return value;
  } catch (error) {
    if (error instanceof FlowError) throw error;
    const { index, message } = explainJson(text);
    const hint = `Put it in single quotes, so that the shell keeps the double ones: --set '${name}={"a": 1}'.`;
    throw invalid(`--set ${name} expects JSON: ${message} (character ${index + 1})`, hint);
  }
}

function longNumber(name: string, written: string): FlowError {
  const hint = 'As a text it keeps its digits: type="string" of the <param>, or double quotes in JSON.';
  return invalid(`--set ${name}: ${describeLongNumber({ written })}`, hint);
}

function invalid(message: string, hint?: string): FlowError {
  return new FlowError('CONFIG_INVALID', message, { hint });
}
