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

  it('gives the figures of the last soak', () => {
    const all = JSON.parse(readFileSync(join(root, 'test/soak/figures.json'), 'utf8')) as Record<string, Record<string, number>>;
    expect(Object.keys(all).length).toBeGreaterThan(10);
    for (const { injected = 0, lost, hung, doubled } of Object.values(all)) {
      expect(page).toContain(`| ${injected.toLocaleString('en')} · ${lost} · ${hung} · ${doubled} |`);
    }
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
