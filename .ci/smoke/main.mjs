import assert from 'node:assert/strict';
import { createEngine, FlowError, loadWorkflow } from 'flowscript';

const workflow = await loadWorkflow('flow.xml');
const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
const result = await engine.run(workflow, { input: [1, 2, 3] });
await engine.close();

assert.deepEqual(result.output, [2, 4, 6]);
assert.equal(result.status, 'completed');
await assert.rejects(loadWorkflow('missing.xml'), FlowError);
