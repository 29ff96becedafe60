import { z } from 'zod';

/**
 * A plain zod field of a plugin, fed from XML, where every literal is text: tries the text itself, then the number, boolean or JSON value it
 * may stand for, and keeps the first that the field takes. When none fits, the issues of the last try are reported.
 */
export function fromText(schema: z.core.$ZodType): z.ZodType {
  return z
    .unknown()
    .optional()
    .transform((written, context) => {
      const tries = candidates(written).map((candidate) => z.safeParse(schema, candidate));
      const fit = tries.find(({ success }) => success) ?? tries.at(-1);
      if (fit?.success) return fit.data;
      for (const { message, code, ...rest } of fit?.error?.issues ?? []) {
        context.issues.push({ code: 'custom', message, input: written, params: 'values' in rest ? { values: rest.values } : {} });
      }
      return z.NEVER;
    });
}

function candidates(written: unknown): readonly unknown[] {
  if (typeof written !== 'string') return [written];
  const trimmed = written.trim();
  const values: unknown[] = [written];
  if (trimmed !== '' && Number.isFinite(Number(trimmed))) values.push(Number(trimmed));
  if (trimmed === 'true' || trimmed === 'false') values.push(trimmed === 'true');
  if (/^[[{]/.test(trimmed)) values.push(jsonOr(trimmed));
  return values;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
