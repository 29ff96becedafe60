import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '#src/errors/codes.js';
import { root } from './example-folder.js';

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const sections = page
  .split(/^### /m)
  .slice(1)
  .map((section) => ({ code: section.slice(0, section.indexOf('\n')), text: section }));

describe('docs/errors.md', () => {
  it('has a section for each code, and none for another', () => {
    expect(sections.map(({ code }) => code).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it.each(sections)('$code: has an example, a cure and an exit status', ({ code, text }) => {
    const example = /```text\n([\s\S]+?)```/.exec(text)?.[1] ?? '';
    const examples = [`error[${code}] `, 'FlowError: ', 'FlowValidationError: '];

    expect(examples.some((start) => example.startsWith(start))).toBe(true);
    expect(text).toMatch(/^\*\*Cure\.\*\* .+ \*\*Exit status\*\* \d/m);
  });
});
