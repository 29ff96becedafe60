import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import { describeLongNumber, findLongNumbers } from '../errors/long-numbers.js';
import { suggestName } from '../errors/nearest.js';
import { compileExpression } from '../expressions/index.js';
import type { FaultList } from '../parser/fault-list.js';
import type { XmlAttribute, XmlElement } from '../parser/xml-element.js';
import { explainJson } from '../runtimes/formats/parse-json.js';
import { parseDuration } from '../runtimes/settings/duration.js';
import type { SourceText } from '../types/source.js';
import { isObject } from './is-object.js';

interface Shape {
  readonly attributes: readonly string[];
  readonly required?: readonly string[];
  readonly children?: readonly string[];
  readonly text: 'none' | 'json' | 'maybe-json' | 'expression';
}

const named: Shape = { attributes: ['name', 'value'], required: ['name', 'value'], text: 'none' };
const parts = ['input', 'set', 'secret', 'var', 'stub', 'expect', 'expect-output', 'expect-error'];
const shapes: Readonly<Record<string, Shape>> = {
  tests: { attributes: ['flow', 'sinks', 'timeout'], children: ['test'], text: 'none' },
  test: { attributes: ['name', 'sinks', 'timeout'], required: ['name'], children: parts, text: 'none' },
  input: { attributes: [], text: 'json' },
  set: named,
  secret: named,
  var: named,
  stub: {
    attributes: ['node', 'by', 'error-code', 'error-message', 'error-fields', 'times'],
    required: ['node'],
    text: 'maybe-json',
  },
  expect: { attributes: [], text: 'expression' },
  'expect-output': { attributes: [], text: 'json' },
  'expect-error': { attributes: ['code', 'node', 'message'], text: 'none' },
};

/** Names that `<expect>` can use. */
const expectNames = ['output', 'nodes', 'input', 'config', 'error', 'status'];

/** Reports everything that is wrong with a `<tests>` element and what is in it. */
export function checkTests(root: XmlElement, faults: FaultList): void {
  if (root.name !== 'tests') {
    const hint = 'A test file starts with <tests flow="./flow.xml">.';
    faults.report('FLOW_ELEMENT_UNKNOWN', root.at, `The file starts with <${root.name}>, expected <tests>.`, { hint });
    return;
  }
  checkElement(root, faults);
  if (root.children.length > 0) return;
  faults.report('FLOW_ELEMENT_MISSING', root.at, '<tests> holds no <test>.', { hint: 'Write <test name="…"> in it.' });
}

function checkElement(element: XmlElement, faults: FaultList): void {
  const { attributes, required = [], children = [] } = shapeOf(element);
  for (const attribute of element.attributes) {
    if (attributes.includes(attribute.name)) checkAttribute(element, attribute, faults);
    else
      reportUnknown(
        'FLOW_SETTING_UNKNOWN',
        attribute.nameAt,
        `<${element.name}> has no "${attribute.name}".`,
        attribute.name,
        attributes,
        faults,
      );
  }
  for (const name of required.filter((each) => attributeOf(element, each) === undefined)) {
    faults.report('FLOW_SETTING_MISSING', element.at, `<${element.name}> needs ${name}="…".`);
  }
  checkText(element, faults);
  for (const child of element.children) {
    if (children.includes(child.name)) checkElement(child, faults);
    else
      reportUnknown(
        'FLOW_ELEMENT_UNKNOWN',
        child.at,
        `<${child.name}> cannot stand in <${element.name}>.`,
        child.name,
        children,
        faults,
      );
  }
}

export function attributeOf({ attributes }: XmlElement, name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value.text;
}

function shapeOf({ name }: XmlElement): Shape {
  return shapes[name] ?? { attributes: [], text: 'none' };
}

function reportUnknown(
  code: 'FLOW_SETTING_UNKNOWN' | 'FLOW_ELEMENT_UNKNOWN',
  at: XmlElement['at'],
  message: string,
  name: string,
  known: readonly string[],
  faults: FaultList,
): void {
  const listed = known.length === 0 ? 'It takes none.' : `There can be ${known.join(', ')}.`;
  faults.report(code, at, message, { hint: suggestName(name, known) ?? listed });
}

function checkAttribute(element: XmlElement, { name, value }: XmlAttribute, faults: FaultList): void {
  const refuse = (expected: string): void => {
    const message = `${name} of <${element.name}> must be ${expected}, got "${value.text}".`;
    faults.report('FLOW_SETTING_INVALID', locate(value, 0), message);
  };
  if (name === 'sinks' && !['stub', 'run'].includes(value.text)) refuse('stub or run');
  if (name === 'timeout' && !((parseDuration(value.text) ?? 0) > 0)) refuse('a duration such as 10s');
  if (name === 'by' && value.text !== 'iteration') refuse('iteration');
  if (name === 'times' && !/^[1-9]\d{0,8}$/.test(value.text)) refuse('a whole number from 1');
  if (name === 'error-fields') checkJson(value, `error-fields of <${element.name}>`, faults, isObject, 'an object');
}

function checkText(element: XmlElement, faults: FaultList): void {
  const { text: kind } = shapeOf(element);
  const { text, name } = element;
  if (text === undefined) {
    if (kind === 'json' || kind === 'expression') {
      faults.report(
        'FLOW_SETTING_MISSING',
        element.at,
        `<${name}> holds nothing; it needs ${kind === 'json' ? 'JSON' : 'an expression'}.`,
      );
    } else if (kind === 'maybe-json' && attributeOf(element, 'error-code') === undefined) {
      faults.report('FLOW_SETTING_MISSING', element.at, `<${name}> needs an output as JSON, or error-code="…".`);
    }
    return;
  }
  if (kind === 'none') faults.report('FLOW_SETTING_INVALID', locate(text, firstCharacter(text)), `<${name}> cannot hold text.`);
  else if (kind === 'expression') checkExpression(text, faults);
  else if (attributeOf(element, 'by') !== undefined) checkJson(text, `<${name} by="iteration">`, faults, Array.isArray, 'a list');
  else checkJson(text, `<${name}>`, faults);
  if (kind === 'maybe-json') checkStubText(element, text, faults);
}

/** An output beside an error is for the attempts after those that fail. */
function checkStubText(element: XmlElement, text: SourceText, faults: FaultList): void {
  if (attributeOf(element, 'error-code') === undefined || attributeOf(element, 'times') !== undefined) return;
  const hint = 'Say with times="…" how many attempts fail before there is this output, or remove one of the two.';
  faults.report('FLOW_SETTING_INVALID', locate(text, firstCharacter(text)), '<stub> has both an error and an output.', { hint });
}

function checkJson(
  source: SourceText,
  name: string,
  faults: FaultList,
  fits: (value: unknown) => boolean = () => true,
  expected = 'JSON',
): void {
  try {
    const value: unknown = JSON.parse(source.text);
    const [long] = findLongNumbers(source.text);
    if (long !== undefined)
      faults.report('FLOW_SETTING_INVALID', locate(source, long.index), `${name}: ${describeLongNumber(long)}.`);
    if (fits(value)) return;
    faults.report('FLOW_SETTING_INVALID', locate(source, firstCharacter(source)), `${name} must hold ${expected}.`);
  } catch {
    const { index, message } = explainJson(source.text);
    faults.report('FLOW_SETTING_INVALID', locate(source, index), `${name} is not JSON: ${message}.`);
  }
}

function checkExpression(source: SourceText, faults: FaultList): void {
  const at = locate(source, firstCharacter(source));
  try {
    const found: FlowError[] = [];
    const { reads } = compileExpression({ kind: 'expression', source }, { faults: found });
    for (const fault of found) reportExpression(fault, at, faults);
    const unknown = reads.filter(({ root }) => !expectNames.includes(root));
    for (const { root, at: index } of unknown) {
      reportUnknownName(root, locate(source, index), faults);
    }
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    reportExpression(error, at, faults);
  }
}

function reportExpression({ source, message, hint }: FlowError, at: XmlElement['at'], faults: FaultList): void {
  faults.report('FLOW_EXPRESSION_SYNTAX', source ?? at, message, { hint });
}

function reportUnknownName(name: string, at: XmlElement['at'], faults: FaultList): void {
  const hint = suggestName(name, expectNames) ?? `It can use ${expectNames.join(', ')}; of a node nodes["${name}"].output.`;
  faults.report('FLOW_REFERENCE_UNKNOWN', at, `<expect> knows no "${name}".`, { hint });
}

function firstCharacter({ text }: SourceText): number {
  return Math.max(0, text.search(/\S/));
}
