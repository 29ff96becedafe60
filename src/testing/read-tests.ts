import { FlowValidationError } from '../errors/flow-error.js';
import { FaultList } from '../parser/fault-list.js';
import { readXml } from '../parser/read-xml.js';
import type { XmlElement } from '../parser/xml-element.js';
import { parseDuration } from '../runtimes/settings/duration.js';
import type { Stub } from '../runtimes/stub/stub.js';
import { attributeOf, checkTests } from './check-tests.js';
import type { Expectation, FlowTest, NamedText, PlacedStub, TestFile } from './test-file.js';

const defaultTimeout = '1m';

/**
 * The tests in the text of a test file.
 * @throws FlowValidationError with every fault of the file
 */
export function readTests(text: string, file: string): TestFile {
  const { root, faults: xmlFaults } = readXml(text, file);
  if (root === undefined || xmlFaults.length > 0) throw new FlowValidationError(file, xmlFaults);
  const faults = new FaultList();
  checkTests(root, faults);
  checkNames(root, faults);
  if (faults.count > 0) throw new FlowValidationError(file, faults.inFileOrder());
  return { file, flow: attributeOf(root, 'flow'), tests: root.children.map((test) => buildTest(test, root)) };
}

function checkNames({ children }: XmlElement, faults: FaultList): void {
  const seen = new Set<string | undefined>();
  for (const test of children.filter((child) => child.name === 'test')) {
    const name = attributeOf(test, 'name');
    if (name !== undefined && seen.has(name))
      faults.report('FLOW_ID_DUPLICATE', test.at, `There are two tests called "${name}".`);
    seen.add(name);
  }
}

function buildTest(test: XmlElement, root: XmlElement): FlowTest {
  const all = (name: string): readonly XmlElement[] => test.children.filter((child) => child.name === name);
  const setting = (name: string): string | undefined => attributeOf(test, name) ?? attributeOf(root, name);
  const input = all('input').at(-1);
  return {
    name: attributeOf(test, 'name') ?? '',
    at: test.at,
    sinks: setting('sinks') === 'run' ? 'run' : 'stub',
    timeoutMs: parseDuration(setting('timeout') ?? defaultTimeout) ?? 0,
    input: input === undefined ? null : jsonOf(input),
    config: all('set').map(buildNamed),
    secrets: all('secret').map(buildNamed),
    env: all('var').map(buildNamed),
    stubs: all('stub').map(buildStub),
    expectations: test.children.flatMap(buildExpectation),
  };
}

function buildNamed(element: XmlElement): NamedText {
  return { name: attributeOf(element, 'name') ?? '', value: attributeOf(element, 'value') ?? '', at: element.at };
}

function buildStub(element: XmlElement): PlacedStub {
  return { node: attributeOf(element, 'node') ?? '', stub: stubOf(element), at: element.at };
}

function stubOf(element: XmlElement): Stub {
  const output = element.text && jsonOf(element);
  if (attributeOf(element, 'by') !== undefined) return { outputs: output as readonly unknown[] };
  const code = attributeOf(element, 'error-code');
  if (code === undefined) return { output };
  const message = attributeOf(element, 'error-message');
  const fields = JSON.parse(attributeOf(element, 'error-fields') ?? '{}') as Record<string, unknown>;
  const times = attributeOf(element, 'times');
  const error = { ...fields, code, ...(message === undefined ? {} : { message }) };
  return { error, ...(times === undefined ? {} : { times: Number(times), output }) };
}

function buildExpectation(element: XmlElement): readonly Expectation[] {
  const { name, at, text } = element;
  if (name === 'expect-output') return [{ kind: 'output', value: jsonOf(element), at }];
  if (name === 'expect' && text !== undefined) return [{ kind: 'holds', expression: { kind: 'expression', source: text }, at }];
  if (name !== 'expect-error') return [];
  const [code, node, message] = ['code', 'node', 'message'].map((each) => attributeOf(element, each));
  return [{ kind: 'error', error: { code, node, message }, at }];
}

function jsonOf({ text }: XmlElement): unknown {
  return JSON.parse(text?.text ?? 'null');
}
