import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlowValidationError, loadWorkflow } from '#src/index.js';
import { createFolder } from '../run-node.js';

let folder: Awaited<ReturnType<typeof createFolder>>;

beforeAll(async () => {
  folder = await createFolder({
    'order.schema.json': '{"type":"object"}',
    'torn.json': '{"type":',
    'odd.json': '{"type":"strin"}',
    'list.json': '[1]',
    'far.json': '{"$ref":"https://example.com/x.json"}',
    'sub/x.json': '{}',
    'mk.mjs': 'export default () => 1;',
  });
});
afterAll(async () => {
  await folder.remove();
});

const named = (schema: string, more = '') => `<transform:validate id="v" schema="${schema}"/>${more}`;
const inline = (schema: string) => `<transform:validate id="v">${schema}</transform:validate>`;

async function faultsOf(body: string, schemas: 'read' | 'compile' = 'compile'): Promise<readonly string[]> {
  const file = `${folder.path}/flow.xml`;
  await writeFile(file, `<workflow name="w">\n${body}</workflow>`);
  try {
    await loadWorkflow(file, { schemas });
    return [];
  } catch (error) {
    if (!(error instanceof FlowValidationError)) throw error;
    return error.faults.map(({ code, message, hint, source, nodeId }) => {
      return `${source?.line}:${source?.column} ${nodeId} ${code} ${message} (${hint})`;
    });
  }
}

describe('a schema is looked at before anything runs', () => {
  test.each([
    ['that is not there', named('nope.json'), /FILE_UNREADABLE Cannot read nope.json: .* \(Paths start at/],
    ['that is nearly there', named('ordr.schema.json'), /Did you mean "order.schema.json"\?/],
    ['that is a folder', named('sub'), /FILE_UNREADABLE Cannot read sub: it is a folder/],
    ['that is no JSON', named('torn.json'), /PARSE_FAILED torn.json is not JSON: .*\(line 1, column 9\)/],
    [
      'of an unknown type',
      named('odd.json'),
      /FLOW_SETTING_INVALID odd.json is no usable JSON Schema: \/type must be equal.*Types are/,
    ],
    ['that is a list', named('list.json'), /FLOW_SETTING_INVALID list.json is no usable JSON Schema/],
    ['that refers to elsewhere', named('far.json'), /no usable JSON Schema.*Nothing is fetched/],
    ['written in the flow', inline('{"type":"strin"}'), /FLOW_SETTING_INVALID the schema is no usable JSON Schema/],
    ['with a pattern that is none', inline('{"pattern":"("}'), /the pattern "\(" cannot be used.*RE2/],
  ])('one %s is refused', async (_, body, message) => {
    expect(await faultsOf(body)).toEqual([expect.stringMatching(message)]);
    expect((await faultsOf(body))[0]).toMatch(/^2:1 v /);
  });

  test.each([
    ['that is one', named('order.schema.json')],
    ['written in the flow', inline('{"type":["string","null"]}')],
    ['that a node of the flow writes', named('made.json', '<sink:file id="s" path="./made.json" input="1"/>')],
    ['that can be read once', named('/dev/stdin')],
    ['that a module may write', named('s.json', '<transform:module id="mk" src="./mk.mjs"/>')],
    [
      'that a computed path may be',
      `<config><param name="n"/></config>${named('s2.json', '<sink:file id="s" path="{{ config.n }}.json" input="1"/>')}`,
    ],
  ])('one %s is good', async (_, body) => {
    expect(await faultsOf(body)).toEqual([]);
  });

  test('one that a node may write is warned of while it is not there', async () => {
    const file = `${folder.path}/warned.xml`;
    await writeFile(
      file,
      `<workflow name="w">${named('ordr.schema.json', '<transform:module id="mk" src="./mk.mjs"/>')}</workflow>`,
    );
    const { warnings } = await loadWorkflow(file);
    expect(warnings).toEqual([
      expect.objectContaining({
        nodeId: 'v',
        message: 'The schema ordr.schema.json is not there yet',
        hint: 'Did you mean "order.schema.json"? If a node of the flow makes it first, all is well.',
      }),
    ]);
  });

  test.each([
    ['that is there and no JSON', named('torn.json', '<transform:module id="mk" src="./mk.mjs"/>'), [/PARSE_FAILED/]],
    ['that is not there', named('nope.json'), [/FILE_UNREADABLE/]],
    ['that only compiling would refuse', named('odd.json'), []],
  ])('a run reads one %s and leaves the rest to its node', async (_, body, messages) => {
    expect(await faultsOf(body, 'read')).toEqual(messages.map((message) => expect.stringMatching(message)));
  });
});
