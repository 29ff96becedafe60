/** Registers the control types. */
import { registry } from '../registry.js';
import { BranchRuntime } from './branch.js';
import { ForeachRuntime } from './foreach.js';
import { IfRuntime } from './if.js';
import { LoopRuntime } from './loop.js';
import { ParallelRuntime } from './parallel.js';
import { WhileRuntime } from './while.js';

export { isBranchResult } from './branch.js';
export { isForeachResult } from './foreach.js';
export { isIfResult } from './if.js';
export { isLoopResult } from './loop.js';
export { isParallelResult } from './parallel.js';
export { isWhileResult } from './while.js';

registry.register(new ParallelRuntime());
registry.register(new ForeachRuntime());
registry.register(new IfRuntime());
registry.register(new BranchRuntime());
registry.register(new LoopRuntime());
registry.register(new WhileRuntime());
