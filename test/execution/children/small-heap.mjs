// Runs a flow over a file that is larger than the heap it was given, and tells its output.
import { createEngine, loadWorkflow } from '#src/index.js';

const engine = createEngine({ mode: process.argv[3], maxConcurrency: 2 });
const { output, error } = await engine.run(await loadWorkflow(process.argv[2]));
if (error) throw error;
process.stdout.write(JSON.stringify(output));
process.exit();
