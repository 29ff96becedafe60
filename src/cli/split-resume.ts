import { statSync } from 'node:fs';
import { FlowError } from '../errors/flow-error.js';

export interface RunAndFlow {
  readonly flow: string | undefined;
  /** True for the last run. */
  readonly resume: string | true | undefined;
}

/**
 * Which of two words is the flow: `--resume` takes the word behind it for the id of a run, and in `run --resume flow.xml` that is the flow.
 * A word that names a file, too, is the id of a run where that flow has such a run.
 * @throws FlowError CONFIG_INVALID when both are flows, or neither is
 */
export async function splitResume(
  flow: string | undefined,
  resume: string | true | undefined,
  stateDirectory?: string,
): Promise<RunAndFlow> {
  if (typeof resume !== 'string') return { flow, resume };
  if (!isFlowFile(resume)) {
    if (flow !== undefined) return { flow, resume };
    const hint = `Name the flow first: flowscript run FLOW --resume ${resume}`;
    throw new FlowError('CONFIG_INVALID', `--resume took "${resume}" for the id of a run, and no flow is named`, { hint });
  }
  if (flow === undefined) return { flow: resume, resume: true };
  // Written the other way round.
  if (!isFlowFile(flow)) return { flow: resume, resume: flow };
  const { hasRun } = await import('../records/open-record.js');
  if (hasRun(flow, resume, stateDirectory)) return { flow, resume };
  if (hasRun(resume, flow, stateDirectory)) return { flow: resume, resume: flow };
  throw new FlowError('CONFIG_INVALID', `--resume takes the id of a run, got the file ${resume}`, {
    hint: `For the last run write: flowscript run ${flow} --resume. flowscript runs ${flow} lists the ids.`,
  });
}

function isFlowFile(word: string): boolean {
  if (word.endsWith('.xml')) return true;
  try {
    return statSync(word).isFile();
  } catch {
    return false;
  }
}
