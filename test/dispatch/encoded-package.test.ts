import { expect, it } from 'vitest';
import { PackageEncoder, PackageNodes } from '#src/dispatch/encoded-package.js';
import { node, runPackage } from './build.js';

const ids = ['__proto__', 'constructor', '7', '\ud800', ...Array.from({ length: 100 }, (_, index) => `n${index}`)];
const run = runPackage(ids.map((id) => node(id, 'test:call', { fn: id, list: new Float64Array([1, 2]) })));

it('gives each node of a flow to whoever asks for it, and nothing for other ids', () => {
  const nodes = new PackageNodes(new PackageEncoder().encode(run));
  const all = Object.keys(run.nodes);
  expect(all.length).toBe(ids.length);
  for (const id of all.toReversed()) expect(nodes.get(id)).toEqual(run.nodes[id]);
  expect(nodes.get('toString')).toBeUndefined();
});

it('encodes the nodes of a flow once for all of its runs', () => {
  const encoder = new PackageEncoder();
  const first = encoder.encode(run);
  const second = encoder.encode({ ...run, key: 'again', secrets: { TOKEN: 'other' } });
  expect(encoder.encode(run)).toBe(first);
  expect(second.pieces).toBe(first.pieces);
  expect(second.rest).not.toEqual(first.rest);
});
