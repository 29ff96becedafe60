import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './workspace.js';

const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');
/** `[test/a.test.ts](../test/a.test.ts) "title"`, several with a comma between them. */
const named = [...page.matchAll(/\[(test\/[^\]]+)\]\(\.\.\/([^)]+)\) "((?:[^"\\]|\\.)+)"/g)].map(
  ([, file = '', link = '', title = '']) => ({ file, link, title }),
);

describe('docs/reliability.md', () => {
  it('names a test wherever it links to one', () => {
    expect(named.length).toBeGreaterThan(0);
    expect(page.match(/\]\(\.\.\/test\//g)).toHaveLength(named.length);
  });

  it.each(named)('rests on $file "$title"', ({ file, link, title }) => {
    expect(link).toBe(file);
    expect(existsSync(join(root, file)), `${file} exists`).toBe(true);
    expect(titlesIn(file)).toContain(title);
  });
});

/** Titles of tests as they are written, `%s` and all. */
function titlesIn(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const literal = /(?:\b(?:it|test)(?:\.\w+)*\(|\]\)\(|\)\(|^)\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`$]*)`),/gm;
  return [...text.matchAll(literal)].map(([, single, double, tick]) => (single ?? double ?? tick ?? '').replace(/\\(.)/g, '$1'));
}
