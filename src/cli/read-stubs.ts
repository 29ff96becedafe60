import { parseStubs } from '../testing/parse-stubs.js';
import type { Stubs } from '../testing/stub-nodes.js';
import type { Workflow } from '../workflow.js';
import { readGivenFile } from './read-given-file.js';

/**
 * The workflow with the stubs of these files; of several stubs for a node the last counts.
 * @throws FlowError CONFIG_INVALID, PARSE_FAILED
 */
export async function withStubs(workflow: Workflow, files: readonly string[] = []): Promise<Workflow> {
  if (files.length === 0) return workflow;
  const stubs = await Promise.all(files.map(readStubFile));
  const { stubWorkflow } = await import('../workflow.js');
  return stubWorkflow(workflow, Object.assign({}, ...stubs) as Stubs);
}

async function readStubFile(file: string): Promise<Stubs> {
  const hint = 'flowscript run flow.xml --record-stubs FILE writes one.';
  return parseStubs(await readGivenFile(file, 'stub file', hint), file);
}
