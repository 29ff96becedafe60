import { text as readAll } from 'node:stream/consumers';
import { FlowError } from '../errors/flow-error.js';
import { describeLongNumber, findLongNumbers } from '../errors/long-numbers.js';
import { explainJson, positionIn } from '../runtimes/formats/parse-json.js';
import { readGivenFile } from './read-given-file.js';

/**
 * The value `--input` stands for: JSON itself, the JSON in a file (`@file`), or JSON from standard input (`-`).
 * @throws FlowError CONFIG_INVALID when it is not JSON or cannot be read
 */
export async function readInput(argument: string): Promise<unknown> {
  if (argument === '-') return parseInput(await readAll(process.stdin), 'standard input');
  if (argument.startsWith('@')) return readInputFile(argument.slice(1));
  return parseInput(argument, '--input', quotingHint(argument));
}

async function readInputFile(file: string): Promise<unknown> {
  return parseInput(await readGivenFile(file, 'input file', 'After @ comes a path as seen from the current folder.'), file);
}

function parseInput(text: string, name: string, hint?: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  const refuse = (what: string, message: string, index: number, help?: string): FlowError => {
    const { line, column } = positionIn(json, index);
    return new FlowError('CONFIG_INVALID', `${name} is not ${what}: ${message} (line ${line}, column ${column})`, { hint: help });
  };
  const value = parseOr(json, () => {
    const { index, message } = explainJson(json);
    return refuse('JSON', message, index, hint);
  });
  const [long] = findLongNumbers(json);
  if (long === undefined) return value;
  throw refuse('usable JSON', describeLongNumber(long), long.index, 'Put it in double quotes: as a text it keeps its digits.');
}

function parseOr(json: string, refuse: () => FlowError): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw refuse();
  }
}

function quotingHint(argument: string): string {
  if (/^[\w./-]+$/.test(argument)) return `For a text give '"${argument}"', for a file @${argument}.`;
  return `Put the whole JSON in single quotes, so that the shell keeps the double ones: --input '{"count": 3}'.`;
}
