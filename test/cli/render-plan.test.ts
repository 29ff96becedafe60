import { describe, expect, it } from 'vitest';
import { planTree } from '#src/cli/plan-tree.js';
import { renderPlan } from '#src/cli/render-plan.js';
import { parseWorkflow } from '#src/index.js';
import type { Dependency, Vertex } from '#src/scheduler/index.js';
import { createPlan, withMeasured } from '#src/scheduler/index.js';

describe('renderPlan', () => {
  const plan = createPlan([
    vertex('fetch-all', 'parallel', [], []),
    vertex('scored', 'foreach', [['fetch-all', 'data']], ['api1.output', 'config.top']),
    vertex('note', 'sink:log', [['fetch-all', 'after']], []),
    {
      ...vertex(
        'best',
        'transform:select',
        [
          ['scored', 'data'],
          ['note', 'after'],
          ['scored', 'variable'],
        ],
        ['scored.output'],
      ),
      costMs: 40,
    },
  ]);

  it('shows waves as aligned text', () => {
    expect(renderPlan(withMeasured(plan, new Map([['scored', 1_500]])), 'text')).toBe(
      `4 nodes in 3 waves
Longest path: fetch-all -> scored -> best

Wave 1
  fetch-all  parallel          no cost known

Wave 2
  scored     foreach           1.5s (measured)  <- fetch-all (data)  reads api1.output, config.top
  note       sink:log          no cost known    <- fetch-all (after)

Wave 3
  best       transform:select  40ms (hint)      <- scored (data, variable), note (after)  reads scored.output
`,
    );
  });

  it('says where nodes start in mode auto, when it is told', () => {
    const places = new Map([
      ['fetch-all', 'worker'],
      ['scored', 'worker'],
      ['note', 'main'],
      ['best', 'main'],
    ] as const);
    const lines = renderPlan(plan, 'text', { places }).split('\n');
    expect(lines).toContain('  fetch-all  parallel          no cost known  in a worker');
    expect(lines).toContain('  note       sink:log          no cost known  on main      <- fetch-all (after)');
    const json = JSON.parse(renderPlan(plan, 'json', { places }));
    expect(json.nodes.map(({ place }: { place: string }) => place)).toEqual(['worker', 'worker', 'main', 'main']);
  });

  const deep = parseWorkflow(`<workflow name="deep">
  <source:value id="rows" value="[1]" cost="5ms"/>
  <parallel id="par" maxConcurrency="2" join="any">
    <branch name="quick"><transform:select id="q" input="rows.output">input</transform:select><transform:module id="m" src="./m.js"/>
      <sink:log id="note" message="x" cost="1ms"><fallback><source:value id="instead" value="1"/></fallback></sink:log></branch>
    <branch when="size(rows.output) > 2"><source:value id="s" value="1"/></branch>
  </parallel>
  <foreach id="each" items="rows.output" item="row" onError="continue">
    <if id="cond" condition="row > 1">
      <then><transform:select id="t">row</transform:select></then>
      <else><loop id="lp" maxIterations="3"><phase id="ph" name="p"><break id="br" when="row > 2"/></phase></loop></else>
    </if>
    <branch id="choice" input="row"><match when="input == 1"><fail id="f"/></match><otherwise><while id="w" condition="false" maxIterations="9"><fail id="g"/></while></otherwise></branch>
  </foreach>
  <on-error><sink:log id="oops" message="bad"/></on-error>
  <finally><sink:log id="fin" message="end"/></finally>
</workflow>`);

  it('shows what lies in blocks as a tree', () => {
    expect(renderPlan(deep.plan, 'text', { tree: planTree(deep, { withPlaces: false }) })).toBe(`3 nodes in 2 waves
Longest path: rows -> par

Wave 1
  rows                source:value      5ms (hint)

Wave 2
  par                 parallel          no cost known  2 branches, 2 at one time, join any  <- rows (data)  reads rows.output
    branch 0 (quick)
      q               transform:select                 reads rows.output
      m               transform:module                 same task
      note            sink:log          1ms (hint)
        fallback
          instead     source:value
    branch 1, when size(rows.output) > 2
      s               source:value
  each                foreach           no cost known  onError continue  <- rows (data)  reads rows.output
    for each row of rows.output
      cond            if
        if row > 1
          t           transform:select                 reads row
        else
          lp          loop
            at most 3 times
              ph      phase
                phase p
                  br  break                            reads row
      choice          branch
        when input == 1
          f           fail
        otherwise
          w           while
            while false, at most 9 times
              g       fail

On error
  oops                sink:log

Finally
  fin                 sink:log
`);
  });

  it('shows elements without an id by element and line, but keeps ids in JSON', () => {
    const flow = parseWorkflow(`<workflow name="nameless">
  <source:value id="rows" value="[1]"/>
  <set name="v" value="rows.output" scope="workflow"/>
  <if id="cond" condition="size(vars.v) == 0">
    <then><fail/></then>
  </if>
  <on-error><fail/></on-error>
</workflow>`);
    const tree = planTree(flow, { withPlaces: false });
    expect(renderPlan(flow.plan, 'text', { tree })).toBe(`3 nodes in 3 waves
Longest path: rows -> <set> (line 3) -> cond

Wave 1
  rows                 source:value

Wave 2
  <set> (line 3)       set           <- rows (data)  reads rows.output

Wave 3
  cond                 if            <- <set> (line 3) (variable)  reads vars.v
    if size(vars.v) == 0
      <fail> (line 5)  fail

On error
  <fail> (line 7)      fail
`);
    const { nodes, criticalPath } = JSON.parse(renderPlan(flow.plan, 'json', { tree }));
    expect([nodes[1].id, nodes[2].dependsOn[0].id, criticalPath]).toEqual(['$set-1', '$set-1', ['rows', '$set-1', 'cond']]);
  });

  it('has the tree as JSON, with the tasks of a body and where mode auto starts them', () => {
    const tree = planTree(deep, { withPlaces: true });
    const { nodes, onError, finally: last } = JSON.parse(renderPlan(deep.plan, 'json', { tree }));
    const [quick] = nodes[1].bodies;
    const inner = quick.nodes.map(({ id, step, place }: Record<string, unknown>) => [id, step, place]);
    expect([quick.kind, quick.title, inner]).toEqual([
      'branch',
      'branch 0 (quick)',
      [
        ['q', 0, 'worker'],
        ['m', 0, 'worker'],
        ['note', 1, 'main'],
      ],
    ]);
    expect(nodes[1]).toMatchObject({ limits: '2 branches, 2 at one time, join any', remainingMs: 1 });
    expect(nodes[0]).toMatchObject({ bodies: [], remainingMs: 6 });
    expect([onError[0].id, last[0].id]).toEqual(['oops', 'fin']);
  });

  it('shows the first of many branches', () => {
    const branches = Array.from({ length: 12 }, (_, at) => `<branch><fail id="f${at}"/></branch>`).join('');
    const wide = parseWorkflow(`<workflow name="wide"><parallel id="p">${branches}</parallel></workflow>`);
    const tree = planTree(wide, { withPlaces: false });
    expect(renderPlan(wide.plan, 'text', { tree })).toMatch(/\n {4}branch 7\n {6}f7 +fail\n {4}and 4 more\n$/);
    expect(JSON.parse(renderPlan(wide.plan, 'json', { tree })).nodes[0].bodies).toHaveLength(12);
  });

  it('names the first of many edges', () => {
    const first = Array.from({ length: 12 }, (_, at) => vertex(`n${at}`, 'set', [], []));
    const last = vertex(
      'last',
      'set',
      first.map(({ id }) => [id, 'after'] as const),
      [],
    );
    const text = renderPlan(createPlan([...first, last]), 'text');
    expect(text).toMatch(/last +set +<- n0 \(after\), .*, n7 \(after\) and 4 more\n/);
  });

  it('describes the plan as JSON', () => {
    const json = JSON.parse(renderPlan(plan, 'json'));

    expect(Object.keys(json)).toEqual(['waves', 'nodes', 'criticalPath']);
    expect(json.waves).toEqual([['fetch-all'], ['scored', 'note'], ['best']]);
    expect(json.criticalPath).toEqual(['fetch-all', 'scored', 'best']);
    expect(json.nodes).toHaveLength(4);
    expect(json.nodes[3]).toEqual({
      id: 'best',
      element: 'transform:select',
      wave: 2,
      costMs: 40,
      cost: { ms: 40, from: 'hint' },
      remainingMs: 40,
      line: 7,
      column: 3,
      dependsOn: [
        { id: 'scored', reasons: ['data', 'variable'] },
        { id: 'note', reasons: ['after'] },
      ],
      reads: ['scored.output'],
    });
    expect(json.nodes[0]).toMatchObject({ costMs: null, cost: { ms: 1, from: 'default' } });
  });

  it('does not widen every line for one long id', () => {
    const long = 'x'.repeat(100);
    const text = renderPlan(createPlan([vertex(long, 'set', [], []), vertex('a', 'set', [], [])]), 'text');

    expect(text).toContain(`\n  ${long}  set\n`);
    expect(text).toContain(`\n  a${' '.repeat(39)}  set\n`);
  });

  it('shows an empty flow', () => {
    const empty = createPlan([]);

    expect(renderPlan(empty, 'text')).toBe('0 nodes in 0 waves\n');
    expect(JSON.parse(renderPlan(empty, 'json'))).toEqual({ waves: [], nodes: [], criticalPath: [] });
  });

  it.each(['text', 'json'] as const)('renders 20,000 nodes that each wait for three as %s', (format) => {
    const size = 20_000;
    const many = createPlan(
      Array.from({ length: size }, (_, index) =>
        vertex(
          `n${index}`,
          'set',
          [1, 2, 3].filter((step) => step <= index).map((step) => [`n${index - step}`, 'data'] as const),
          [],
        ),
      ),
    );
    const lines = renderPlan(many, format).split('\n');

    expect(lines.filter((line) => line.includes(`n${size - 1}`)).length).toBeGreaterThan(0);
    expect(lines.length).toBeGreaterThan(size);
  });
});

function vertex(
  id: string,
  label: string,
  dependsOn: readonly (readonly [string, Dependency['reason']])[],
  reads: readonly string[],
): Vertex {
  return {
    id,
    label,
    costMs: undefined,
    at: { file: 'flow.xml', line: 7, column: 3 },
    dependsOn: dependsOn.map(([target, reason]) => ({ id: target, reason })),
    reads,
  };
}
