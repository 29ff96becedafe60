import { writeSync } from 'node:fs';
import { boundedText } from '../errors/bounded-text.js';
import type { Redactor } from '../errors/redact.js';
import { terminalText } from '../errors/terminal-text.js';
import { exitCodes, isInterruption } from './exit-code.js';
import { shownPlace, userFrames } from './user-frames.js';

/** Takes out what is known to be secret; nothing is before a command has read its secrets. */
let hide: Redactor['text'] = (text) => text;

/** At the end of a process there is no waiting for a stream. */
function tell(what: string, help: string): void {
  writeSync(2, `error[MODULE_INVALID] Code that was loaded, such as a plugin, ${what}\n  help: ${help}\n`);
  process.exitCode = exitCodes.invalid;
}

function onExit(code: number): void {
  if (!isInterruption(code)) tell(`ended the process with exit code ${code}`, 'Let it throw an error instead.');
}

/** Nothing is left that could go on, and the command is not done. */
function onIdle(): void {
  unwatchExit();
  tell('waits for what never comes', 'Look for an await at its top level.');
}

/** Nobody caught it. Where no foreign code was at work, it is our own fault. */
export function endByUncaught(thrown: unknown): void {
  unwatchExit();
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const [frame] = userFrames(error);
  if (frame === undefined) writeSync(2, `internal error ${hide(String(error.stack))}\n`);
  else {
    const message = terminalText(boundedText(hide(error.message)));
    tell(`failed outside of any call at ${shownPlace(frame)}: ${message}`, 'Await every promise and catch what timers throw.');
  }
  process.exit(frame === undefined ? exitCodes.failed : exitCodes.invalid);
}

/** Until `unwatchExit`, an end of the process is told as what it is and never passes for success. */
export function watchExit(): void {
  process.on('exit', onExit);
  process.on('beforeExit', onIdle);
  process.on('uncaughtException', endByUncaught);
}

export function unwatchExit(): void {
  process.off('exit', onExit);
  process.off('beforeExit', onIdle);
  process.off('uncaughtException', endByUncaught);
}

/** From now on what nobody caught is told without the secrets. */
export function hideAtExit({ text }: Redactor): void {
  hide = text;
}

/**
 * For as long as somebody else can say more of it. Gives the function that goes on, but for errors that nobody caught: they stay
 * with that somebody, who gives to `endByUncaught` what it knows nothing of.
 */
export function pauseExitWatch(): () => void {
  const isWatched = process.listeners('exit').includes(onExit);
  unwatchExit();
  return () => {
    if (!isWatched) return;
    process.on('exit', onExit);
    process.on('beforeExit', onIdle);
  };
}
