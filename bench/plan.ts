// Does planning 100,000 nodes and 300,000 edges stay near Kahn's algorithm on typed arrays, and is reading a flow linear in its size?
import { parseWorkflow } from 'flowscript';
import { Bench } from 'tinybench';
import { createPlan, type Vertex } from '#src/scheduler/index.js';
import { benchmark } from './harness/benchmark.js';
import { interleave, timeOf } from './harness/interleave.js';
import { ratio, spread } from './harness/statistics.js';

const nodes = 100_000;
const edgesPerNode = 3;
const [smaller, larger] = [2_500, 20_000];

await benchmark('plan', 'planning', async () => {
  const vertices = randomVertices();
  const rounds = await microRounds(vertices);
  const [small, large] = [flowText(smaller), flowText(larger)];
  const parsing = await interleave(
    { small: () => timeOf(() => parseWorkflow(small)), large: () => timeOf(() => parseWorkflow(large)) },
    { rounds: 5, budgetMs: 6_000 },
  );
  const perByte = (times: readonly number[], text: string) => times.map((ms) => ms / text.length);
  return {
    checks: [
      {
        label: '100,000 nodes, 300,000 edges, against Kahn on typed arrays',
        value: ratio(rounds.plan, rounds.kahn),
        goal: { atMost: 3 },
      },
      {
        label: `reading, checking and planning, a byte of ${larger} nodes against one of ${smaller}`,
        value: ratio(perByte(parsing.large, large), perByte(parsing.small, small)),
        goal: { atMost: 1.3 },
      },
    ],
    notes: [
      `createPlan ${spread(rounds.plan).median.toFixed(0)} ms, Kahn from the same string ids ${spread(rounds.kahn).median.toFixed(0)} ms`,
      `a file of ${larger} nodes ${spread(parsing.large).median.toFixed(0)} ms`,
    ],
  };
});

/** Medians of a few runs each, in turns. */
async function microRounds(
  vertices: readonly Vertex[],
): Promise<{ readonly plan: readonly number[]; readonly kahn: readonly number[] }> {
  const rounds = { plan: [] as number[], kahn: [] as number[] };
  for (let round = 0; round < 4; round++) {
    const bench = new Bench({ iterations: 2, time: 0, warmupIterations: 1, warmupTime: 0, throws: true });
    bench.add('plan', () => createPlan(vertices)).add('kahn', () => kahnWaves(vertices));
    for (const { name, result } of await bench.run()) {
      if ('latency' in result) rounds[name as 'plan' | 'kahn'].push(result.latency.p50);
    }
  }
  return rounds;
}

function randomVertices(): readonly Vertex[] {
  let seed = 7;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  return Array.from({ length: nodes }, (_, index) => ({
    ...{
      id: `node-${index}`,
      label: 'transform:select',
      costMs: undefined,
      at: { file: 'f.xml', line: index, column: 1 },
      reads: [],
    },
    dependsOn:
      index < 100 ? [] : Array.from({ length: edgesPerNode }, () => ({ id: `node-${draw(index)}`, reason: 'data' as const })),
  }));
}

/** The wave of every vertex, as plain as it can be done: positions for ids, compressed rows, one queue. */
function kahnWaves(vertices: readonly Vertex[]): Int32Array {
  const positions = new Map(vertices.map(({ id }, position) => [id, position]));
  const count = vertices.length;
  const targets = new Int32Array(count * edgesPerNode);
  const waiting = new Int32Array(count);
  const offsets = new Int32Array(count + 1);
  let edges = 0;
  vertices.forEach(({ dependsOn }, position) => {
    for (const { id } of dependsOn) {
      const source = positions.get(id) as number;
      targets[edges++] = source;
      offsets[source + 1] = (offsets[source + 1] as number) + 1;
    }
    waiting[position] = dependsOn.length;
  });
  for (let position = 0; position < count; position++)
    offsets[position + 1] = (offsets[position + 1] as number) + (offsets[position] as number);
  return drain(offsets, dependentsOf(vertices, targets, offsets.slice()), waiting);
}

function dependentsOf(vertices: readonly Vertex[], sources: Int32Array, next: Int32Array): Int32Array {
  const dependents = new Int32Array(sources.length);
  let edge = 0;
  vertices.forEach(({ dependsOn }, position) => {
    for (let each = 0; each < dependsOn.length; each++) {
      const source = sources[edge++] as number;
      const slot = next[source] as number;
      dependents[slot] = position;
      next[source] = slot + 1;
    }
  });
  return dependents;
}

function drain(offsets: Int32Array, dependents: Int32Array, waiting: Int32Array): Int32Array {
  const waves = new Int32Array(waiting.length);
  const queue = new Int32Array(waiting.length);
  let end = 0;
  for (let position = 0; position < waiting.length; position++) if (waiting[position] === 0) queue[end++] = position;
  for (let at = 0; at < end; at++) {
    const position = queue[at] as number;
    for (let edge = offsets[position] as number; edge < (offsets[position + 1] as number); edge++) {
      const dependent = dependents[edge] as number;
      waves[dependent] = Math.max(waves[dependent] as number, (waves[position] as number) + 1);
      waiting[dependent] = (waiting[dependent] as number) - 1;
      if (waiting[dependent] === 0) queue[end++] = dependent;
    }
  }
  return waves;
}

function flowText(count: number): string {
  const node = (index: number) =>
    index === 0
      ? '<source:value id="n0" value="1"/>'
      : `<transform:select id="n${index}" input="n${Math.floor(index / 2)}.output">input + ${index}</transform:select>`;
  return `<workflow name="large">\n${Array.from({ length: count }, (_, index) => node(index)).join('\n')}\n</workflow>`;
}
