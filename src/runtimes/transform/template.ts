import { toText } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface TemplateConfig {
  /** Filled in already. */
  readonly text: unknown;
}

/** Output: the filled-in text; a template that is one `{{ }}` gives the JSON of a list or object. */
export class TemplateRuntime implements NodeRuntime<TemplateConfig, unknown, string> {
  readonly type = 'transform:template';

  execute({ config }: ExecutionParams<TemplateConfig>): string {
    return toText(config.text);
  }
}
