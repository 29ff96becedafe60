import { z } from 'zod';
import { quote } from '../../errors/describe-value.js';
import type { SettingMeta } from './meta.js';

/** What was wrong with a literal beyond "expected these words". */
export interface LiteralFault {
  readonly message: string;
  readonly hint?: string | undefined;
  /** Index into the text. */
  readonly index?: number | undefined;
}

/** Says no to a literal. */
export type Refuse = (fault: LiteralFault) => undefined;

/** A setting: text in, `Out` out. */
export type LiteralSetting<Out> = z.ZodType<Out, string>;

export interface LiteralRules<Out> {
  /** What the author may write, as it stands after "expected". */
  readonly words: string;
  /** The value, or `undefined` for text that is not what `words` say; `refuse` gives a reason of its own. */
  read(text: string, refuse: Refuse): Out | undefined;
  /** Keep white space around the text. @default false */
  readonly verbatim?: boolean;
}

/** A setting that is written as it is meant, and checked when the flow is read. */
export function literal<Out>({ words, read, verbatim = false }: LiteralRules<Out>): LiteralSetting<Out> {
  const meta: SettingMeta = { kind: 'literal', words };
  return z
    .string({ error: () => `expected ${words}` })
    .transform((text, context): Out => {
      const trimmed = verbatim ? text : text.trim();
      let fault: LiteralFault | undefined;
      const value = read(trimmed, (refused) => {
        fault = refused;
        return undefined;
      });
      if (value !== undefined) return value;
      const { message, hint, index } = fault ?? { message: `expected ${words}, got ${quote(trimmed)}` };
      context.issues.push({ code: 'custom', message, input: text, params: { hint, index } });
      return z.NEVER;
    })
    .meta({ flowscript: meta });
}
