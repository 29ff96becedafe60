/** A shorter one would blot out half a text, and give itself away by that. */
const shortestSecret = 4;
/** The encodings of shorter ones turn up in any longer text by chance. */
const shortestEncoded = 8;
const shortestLine = 8;

/** Every form in which text may hold a secret, the longest first: none is a part of a later one. */
export function secretForms(secrets: Iterable<string>): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) if (form.length >= shortestSecret) forms.add(form);
  return [...forms].sort((a, b) => b.length - a.length);
}

function formsOf(secret: string): readonly string[] {
  const plain = [secret, secret.trim(), ...linesOf(secret)].filter((text) => text.length >= shortestSecret);
  return plain.flatMap((text) => [text, ...escapesOf(text), ...(text.length < shortestEncoded ? [] : encodingsOf(text))]);
}

/** A key of several lines is told line by line in logs and stacks. */
function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/);
  return lines.length === 1 ? [] : lines.map((line) => line.trim()).filter((line) => line.length >= shortestLine);
}

function escapesOf(text: string): readonly string[] {
  // A lone surrogate has no form in a URL.
  const wellFormed = Buffer.from(text).toString();
  const url = encodeURIComponent(wellFormed);
  const json = JSON.stringify(text).slice(1, -1);
  // A URL writes fewer characters as %XX than a form does, and its writer decides on the case of the digits.
  const lower = url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [url, lower, url.replaceAll('%20', '+'), encodeURI(wellFormed), json, JSON.stringify(json).slice(1, -1)];
}

function encodingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset))];
}

/** The characters that depend on the secret alone when it stands at `offset` (modulo 3) among the encoded bytes. */
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((padded.length * 8) / 6);
  return [padded.toString('base64').slice(from, to), padded.toString('base64url').slice(from, to)];
}
