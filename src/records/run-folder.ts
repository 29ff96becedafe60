import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { makeFolder } from '../runtimes/make-folder.js';
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.js';
import { endingShape, identityShape, originShape, type RunEnding, type RunOrigin } from './record-shapes.js';

/** One of the processes that worked on a run; the first is 1. Kept as `process-N.json`. */
export interface RunProcess {
  readonly number: number;
  /** Undefined when its file is damaged: as it is written whole, by no process that lives. */
  readonly identity: ProcessIdentity | undefined;
}

/** The folder of one run's record. Reading gives `undefined` for what is not there or damaged. */
export class RunFolder {
  readonly directory: string;
  readonly id: string;

  constructor(runs: string, id: string) {
    this.directory = path.join(runs, id);
    this.id = id;
  }

  file(name: string): string {
    return path.join(this.directory, name);
  }

  /** @throws the system's error when it cannot be made */
  create(origin: RunOrigin): void {
    makeFolder(this.directory);
    this.write('run.json', JSON.stringify(origin, undefined, 2));
  }

  get origin(): RunOrigin | undefined {
    const origin = this.#read('run.json', originShape);
    return origin && { ...origin, id: this.id };
  }

  /** Of whichever process has ended the run last. */
  get lastEnding(): RunEnding | undefined {
    return this.#read('outcome.json', endingShape);
  }

  /** Of the latest process, if it has ended the run. */
  get ending(): RunEnding | undefined {
    const ending = this.lastEnding;
    return ending?.process === this.latestProcess?.number ? ending : undefined;
  }

  get latestProcess(): RunProcess | undefined {
    const number = Math.max(0, ...this.names.map((name) => Number(/^process-(\d+)\.json$/.exec(name)?.[1] ?? 0)));
    return number === 0 ? undefined : { number, identity: this.#read(`process-${number}.json`, identityShape) };
  }

  /** Whether a process works on it now. */
  get isActive(): boolean {
    const latest = this.latestProcess;
    return latest?.identity !== undefined && this.ending === undefined && isAlive(latest.identity);
  }

  get names(): readonly string[] {
    try {
      return readdirSync(this.directory);
    } catch {
      return [];
    }
  }

  /**
   * Enters this process to work on the run behind the one of that number, which does so no more. Undefined when another was quicker:
   * since it was looked at one may have come, and may even have ended.
   * @throws the system's error when it cannot be written
   */
  enter(latest: number): number | undefined {
    const number = latest + 1;
    const draft = this.file(`process-${process.pid}.tmp`);
    try {
      writeFileSync(draft, JSON.stringify(thisProcess()));
      linkSync(draft, this.file(`process-${number}.json`));
      return number;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** As a whole or not at all. */
  write(name: string, content: string | Uint8Array): void {
    const temporary = this.file(`${name}.tmp`);
    writeFileSync(temporary, content);
    renameSync(temporary, this.file(name));
  }

  bytes(name: string): Buffer | undefined {
    try {
      return readFileSync(this.file(name));
    } catch {
      return undefined;
    }
  }

  /** One file, or all of it. */
  remove(name = ''): void {
    rmSync(path.join(this.directory, name), { recursive: true, force: true });
  }

  #read<Content>(name: string, shape: z.ZodType<Content>): Content | undefined {
    try {
      return shape.safeParse(JSON.parse(readFileSync(this.file(name), 'utf8'))).data;
    } catch {
      return undefined;
    }
  }
}

/** Every recorded run of a state folder, the latest first. */
export function listRuns(stateDirectory: string): { readonly folder: RunFolder; readonly origin: RunOrigin }[] {
  const runs = runsIn(stateDirectory);
  return namesIn(runs)
    .map((id) => new RunFolder(runs, id))
    .flatMap((folder) => {
      const { origin } = folder;
      return origin === undefined ? [] : [{ folder, origin }];
    })
    .sort((a, b) => b.origin.startedAt - a.origin.startedAt);
}

/** Folders of runs whose `run.json` cannot be read. */
export function damagedRuns(stateDirectory: string): string[] {
  const runs = runsIn(stateDirectory);
  const folders = namesIn(runs).map((id) => new RunFolder(runs, id));
  return folders.filter(({ origin }) => origin === undefined).map(({ directory }) => directory);
}

export function runsIn(stateDirectory: string): string {
  return path.join(stateDirectory, 'runs');
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Removes the oldest runs of a flow, or of every flow, beyond the latest `keep` of each; never one that goes on. Gives their ids. */
export function pruneRuns(stateDirectory: string, keep: number, file?: string): readonly string[] {
  const seen = new Map<string, number>();
  const removed: string[] = [];
  for (const { folder, origin } of listRuns(stateDirectory)) {
    if (file !== undefined && origin.file !== file) continue;
    const count = (seen.get(origin.file) ?? 0) + 1;
    seen.set(origin.file, count);
    if (count <= keep || folder.isActive) continue;
    folder.remove();
    removed.push(folder.id);
  }
  return removed;
}
