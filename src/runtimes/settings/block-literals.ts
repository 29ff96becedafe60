import type { z } from 'zod';
import type { Join } from '../../types/ast.js';
import type { ExpressionSource } from '../../types/source.js';
import { expression } from './evaluables.js';
import { type LiteralSetting, literal } from './literal.js';
import { readQuota } from './literals.js';
import type { SettingMeta } from './meta.js';

/** How many successes end a block: `all`, `any`, `N` or `N%`. */
export function join(): LiteralSetting<Join> {
  return literal<Join>({
    words: 'all, any, a count such as 2, or a share such as 50%',
    read: (value) => {
      if (value === 'all' || value === 'any') return { kind: value };
      const quota = readQuota(value, 1);
      return quota === undefined ? undefined : { kind: 'quota', ...quota };
    },
  });
}

/** One of some keywords, or an expression over `branches`. */
export function merge<const Keyword extends string>(
  keywords: readonly Keyword[],
): z.ZodType<Keyword | ExpressionSource, ExpressionSource> {
  const meta: SettingMeta = { kind: 'expression', words: `${keywords.join(', ')} or an expression over branches` };
  return expression()
    .transform((written) => keywords.find((keyword) => keyword === written.source.text.trim()) ?? written)
    .meta({ flowscript: meta });
}

/** Iterations that share a message: `auto` or a number. */
export function batch(): LiteralSetting<'auto' | number> {
  return literal<'auto' | number>({
    words: 'auto or a whole number of at least 1',
    read: (value) => (value === 'auto' ? 'auto' : /^0*[1-9]\d*$/.test(value) ? Number(value) : undefined),
  });
}
