import { exitCodes } from './exit-code.js';

/** Writes past whoever diverted the streams. */
export type Write = (text: string) => void;

export interface DivertedStreams {
  /** Whether it was taken; of what was not, `watchStreamErrors` tells. */
  readonly writeResult: (text: string) => Promise<boolean>;
  readonly writeNotes: Write;
  /** Gives the streams back. */
  release(): void;
}

/**
 * Keeps both output streams for the command alone: what modules print on this thread or in workers goes to `onText` instead,
 * so that a `console.log` neither spoils the JSON on stdout nor tears the live view on stderr.
 */
export function divertStreams(onText: (text: string) => void): DivertedStreams {
  const { stdout, stderr } = process;
  const original = { stdout: stdout.write, stderr: stderr.write };
  stdout.write = divertedWrite(onText);
  stderr.write = divertedWrite(onText);
  return {
    writeResult: (text) => new Promise((done) => original.stdout.call(stdout, text, 'utf8', (error) => done(!error))),
    writeNotes: (text) => original.stderr.call(stderr, text),
    release: () => {
      stdout.write = original.stdout;
      stderr.write = original.stderr;
    },
  };
}

type WriteMethod = typeof process.stdout.write;
type Written = (error?: Error | null) => void;

function divertedWrite(onText: (text: string) => void): WriteMethod {
  const decoder = new TextDecoder();
  return (chunk: string | Uint8Array, encoding?: BufferEncoding | Written, written?: Written): boolean => {
    onText(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    const callback = typeof encoding === 'function' ? encoding : written;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  };
}

/** A reader that left early (`| head`) is no fault; a full disk is, and makes the exit code 1. */
export function watchStreamErrors(): void {
  for (const [name, stream] of [['stdout', process.stdout] as const, ['stderr', process.stderr] as const]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      process.exitCode = exitCodes.failed;
      if (name === 'stdout') process.stderr.write(`error: stdout cannot be written: ${error.message}\n`);
    });
  }
}

/** Waits until both streams have taken what was written, or were closed by their reader. */
export async function drainStreams(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))),
  );
}
