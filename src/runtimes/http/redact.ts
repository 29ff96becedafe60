const shortestSecret = 4;

/** The text with user names, passwords and every secret of the run replaced by `***`, so that it may stand in a message. */
export function redact(text: string, secrets: Readonly<Record<string, string>>): string {
  let shown = text.replace(/^(https?:\/\/)[^/?#@]*@/i, '$1***@');
  for (const secret of Object.values(secrets)) {
    // A very short secret would blot out half the message and give itself away by that.
    if (secret.length < shortestSecret) continue;
    shown = shown.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  }
  return shown;
}
