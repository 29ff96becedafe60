import { describe, expect, it } from 'vitest';
import { parseWorkflow, stubWorkflow } from '#src/index.js';

const start = '<config><param name="top" default="x"/></config><source:value id="rows" value="[1]"/>';
const log = (message: string) => `<sink:log id="l" message="${message}"/>`;
const each = (body: string) => `<foreach id="f" items="rows.output" item="row">${body}</foreach>`;

const flowOf = (body: string) => parseWorkflow(`<workflow name="w">\n${start}\n${body}\n</workflow>`);

describe('an expression in one pair of braces', () => {
  it.each([
    [log('all of {rows.output}'), '{rows.output}', 'rows.output'],
    [log('all of { rows.output[0].name }!'), '{ rows.output[0].name }', 'rows.output[0].name'],
    [log('all of \u0024{rows.output}'), '\u0024{rows.output}', 'rows.output'],
    [log('{{ rows.status }} {config.top} {{ run.id }}'), '{config.top}', 'config.top'],
    [log('got {input}'), '{input}', 'input'],
    [each(log('no. {index}')), '{index}', 'index'],
    [each('<source:file id="s" path="in/{row.id}.json"/>'), '{row.id}', 'row.id'],
    ['<source:http id="h" url="https://example.com/{run.id}"/>', '{run.id}', 'run.id'],
    [
      '<source:http id="h" url="https://example.com"><header name="A" value="1"/><header name="B">Bearer {secrets.TOK}</header></source:http>',
      '{secrets.TOK}',
      'secrets.TOK',
    ],
    ['<fail id="x" message="{rows.error}"><fallback><fail message="m"/></fallback></fail>', '{rows.error}', 'rows.error'],
  ])('is warned of: %s', (body, written, meant) => {
    const [warning, ...more] = flowOf(body).warnings;
    expect(more).toEqual([]);
    expect(warning).toMatchObject({
      message: `${written} stays as it is: an expression in a text has two pairs of braces`,
      hint: `Did you mean {{ ${meant} }}?`,
      source: { line: 3, column: body.indexOf(written) + 1 },
    });
  });

  it.each([
    log('{{ rows.output }} and \\{{ rows.output }}'),
    log(`{'a': 1, 'rows': {}}`),
    log('{rows} {rows.first} {row.id} {config} {nobody.output} {a,b} {} {1}'),
    log('{{ {&quot;a&quot;: &quot;{rows.output}&quot;}.a }}'),
    each('<source:file id="s" path="in/{a,b}/*.json"/>'),
    '<transform:template id="t">export const f = ({input}) =&gt; {input};</transform:template>',
    '<source:http id="s" url="https://example.com" method="POST" body="{rows.output}"/>',
    '<transform:module id="m" src="m.js" pattern="{rows.output}"/>',
    '<source:http id="s" url="https://example.com"><header name="A">{"id": "{run}"}</header></source:http>',
  ])('is not seen in %s', (body) => {
    expect(flowOf(body).warnings).toEqual([]);
  });

  it('is told once, also with stubs', () => {
    const flow = flowOf(log('{rows.output}'));
    expect(stubWorkflow(flow, { rows: { output: 1 } }).warnings).toEqual(flow.warnings);
  });
});
