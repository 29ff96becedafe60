import type { z } from 'zod';

/** Where an element belongs, for docs. */
export type ElementCategory = 'structure' | 'control' | 'statement' | 'source' | 'transform' | 'sink';

/** One element of the language: its settings and what is told about it. */
export interface ElementDefinition {
  /** As written in XML; `parallel/branch` for the element that means something else inside another. */
  readonly element: string;
  readonly category: ElementCategory;
  /** One sentence. */
  readonly summary: string;
  /**
   * `node`: has an id and everything nodes share. `anonymous`: the same, but the id may be left out. `part`: no node; only its own settings.
   */
  readonly role: 'node' | 'anonymous' | 'part';
  readonly settings: z.ZodObject;
  /** The setting that plain text content fills. */
  readonly textSetting?: string;
  /** The setting that attributes of unknown names go into. */
  readonly openSetting?: string;
  /** Looks at all settings together once each is right; says what is wrong, or gives back what to keep. */
  readonly complete?: Completion;
  /** What the node's output is; none for parts. */
  readonly output?: string;
  readonly example: string;
}

/** Faults go to `refuse`; what comes back then does not matter. */
export type Completion = (
  settings: Readonly<Record<string, unknown>>,
  refuse: RefuseSetting,
) => Readonly<Record<string, unknown>>;

export type RefuseSetting = (setting: string | undefined, message: string, hint?: string) => void;
