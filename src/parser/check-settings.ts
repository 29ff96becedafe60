import { locate } from '../errors/locate.js';
import type { SettingIssue } from '../types/catalog.js';
import type { Evaluable, SourcePosition, SourceText } from '../types/source.js';
import type { FaultList } from './fault-list.js';
import type { GatheredSettings, GivenSetting } from './gather-settings.js';
import { startOf } from './source-text.js';

/** Stands in for the id, which `NodeIds` judges: it may be missing, made up or at fault without a word from the schema. */
const anyId = 'unnamed';

/**
 * The typed settings of an element. Where some are at fault they are reported, and the rest is given with something harmless in
 * their place, so that what else is wrong with the flow is found too; `undefined` when nothing can stand in.
 */
export function checkSettings(gathered: GatheredSettings, faults: FaultList): Readonly<Record<string, unknown>> | undefined {
  const raw = new Map([...gathered.given].map(([name, { value }]) => [name, value]));
  if (gathered.shape.settings.has('id')) raw.set('id', anyId);
  const outcome = gathered.shape.parse(Object.fromEntries(raw));
  if (outcome.ok) return outcome.settings;
  for (const issue of outcome.issues) {
    reportIssue(gathered, issue, faults);
    replaceFaulty(raw, gathered, issue.setting);
  }
  const mended = gathered.shape.parse(Object.fromEntries(raw));
  return mended.ok ? mended.settings : undefined;
}

/** Drops a faulty value for its default, or stands an expression in for a missing one, of which nobody can say what it gives. */
function replaceFaulty(raw: Map<string, unknown>, { shape, element }: GatheredSettings, setting: string | undefined): void {
  if (setting === undefined) return;
  const known = shape.settings.get(setting);
  if (raw.delete(setting) || known === undefined || known.kind === 'literal') return;
  const { file, line, column } = element.at;
  const text = known.kind === 'expression' || known.kind === 'lambda' ? 'run.input' : '';
  const source: SourceText = { text, file, marks: [{ index: 0, line, column }] };
  if (known.kind === 'expression') raw.set(setting, { kind: 'expression', source });
  else if (known.kind === 'lambda') raw.set(setting, { kind: 'lambda', source, binds: known.binds });
  else raw.set(setting, { kind: 'template', source, guard: 'none' });
}

function reportIssue(gathered: GatheredSettings, issue: SettingIssue, faults: FaultList): void {
  const { element, given, guessed, nodeId } = gathered;
  const { setting } = issue;
  if (setting === undefined) {
    faults.report('FLOW_SETTING_INVALID', element.at, `<${element.name}>: ${issue.message}`, { nodeId, hint: issue.hint });
    return;
  }
  const found = given.get(setting);
  if (found !== undefined) {
    const { label } = found;
    const place = placeOf(found, issue);
    faults.report('FLOW_SETTING_INVALID', place, `${label} of <${element.name}>: ${issue.message}`, { nodeId, hint: issue.hint });
  } else if (!guessed.has(setting)) {
    const slip = gathered.slips.get(setting);
    const message = `<${element.name}> needs "${setting}": ${issue.message}`;
    const hint = slip === undefined ? (issue.hint ?? howToGive(gathered, setting)) : `Did you mean it by "${slip.name}"?`;
    faults.report('FLOW_SETTING_MISSING', slip?.nameAt ?? element.at, message, { nodeId, hint });
  }
}

function placeOf({ at, source, value }: GivenSetting, { index, entry }: SettingIssue): SourcePosition {
  if (Array.isArray(value) && entry !== undefined) return startOf((value[entry] as { readonly value: Evaluable }).value.source);
  return index === undefined || source === undefined ? at : locate(source, index);
}

function howToGive({ shape }: GatheredSettings, setting: string): string {
  const repeated = shape.settings.get(setting)?.repeated;
  if (repeated !== undefined) return `Write <${repeated} name="…">value</${repeated}> inside.`;
  const text = shape.textSetting === setting ? ', or as the text of the element' : '';
  return `Give it as the attribute ${setting}="…"${text}.`;
}
