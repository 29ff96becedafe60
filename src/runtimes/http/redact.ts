import { createRedactor } from '../../errors/redact.js';

/** The text with user names, passwords and every secret of the run replaced by `***`, so that it may stand in a message. */
export function redact(text: string, secrets: Readonly<Record<string, string>>): string {
  return createRedactor(secrets).text(text.replace(/^(https?:\/\/)[^/?#@]*@/i, '$1***@'));
}
