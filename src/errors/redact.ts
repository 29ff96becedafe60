import { redactData } from './redact-data.js';
import { secretForms } from './secret-forms.js';

const mask = '***';
/** The start of a secret that is worth hiding where a message was cut. */
const shortestStart = 6;
const cut = /…|\.\.\./g;

/** Keeps the secrets of a run out of what leaves it. */
export interface Redactor {
  /** The text with `***` in the place of every secret. */
  text(text: string): string;
  /**
   * The same of all text in a value: keys of objects, Maps and Sets, errors with their causes, messages and stacks. Bytes that
   * hold a secret become `***` as a whole. A copy where something was found, else the value itself. Dates, functions and objects
   * of classes stay as they are, and so do the places that an error names: they come from the flow file.
   */
  value<T>(value: T): T;
  /** Whether bytes hold a secret: as UTF-8, Latin-1 or UTF-16, as `v8.serialize` writes text. */
  containsSecret(bytes: Uint8Array): boolean;
}

/**
 * Finds secrets of 4 characters and more inside other text, also URL-encoded and JSON-escaped and, from 8 characters on, as
 * hexadecimal and base64 digits.
 */
export function createRedactor(secrets: Readonly<Record<string, string>>): Redactor {
  const forms = secretForms(Object.values(secrets));
  if (forms.length === 0) return openRedactor;
  const pattern = new RegExp(forms.map(escapePattern).join('|'), 'g');
  const text = (given: string): string => hideStarts(given.replace(pattern, mask), forms);
  const needles = needlesOf(forms);
  const containsSecret = (bytes: Uint8Array): boolean => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return needles.some((needle) => buffer.includes(needle));
  };
  return { text, value: (value) => redactData(value, { text, containsSecret, mask }), containsSecret };
}

/** Of a run without secrets. */
const openRedactor: Redactor = { text: (text) => text, value: (value) => value, containsSecret: () => false };

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** A message that shows only so many characters of a value may have cut through a secret. */
function hideStarts(text: string, forms: readonly string[]): string {
  let shown = '';
  let from = 0;
  for (const { index } of text.matchAll(cut)) {
    const before = text.slice(from, index);
    const length = Math.max(...forms.map((form) => startLength(before, form)));
    shown += length === 0 ? before : before.slice(0, -length) + mask;
    from = index;
  }
  return shown + text.slice(from);
}

/** How many of the first characters of a form end the text; 0 when they are too few to tell anything. */
function startLength(text: string, form: string): number {
  for (let length = Math.min(form.length - 1, text.length); length >= shortestStart; length--) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}

/** As they stand in bytes. */
function needlesOf(forms: readonly string[]): readonly Buffer[] {
  const written = forms.flatMap((form) => [
    Buffer.from(form),
    Buffer.from(form, 'utf16le'),
    ...(/^[\0-\xFF]*$/.test(form) ? [Buffer.from(form, 'latin1')] : []),
  ]);
  return [...new Map(written.map((bytes) => [bytes.toString('latin1'), bytes])).values()];
}
