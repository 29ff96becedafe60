/** Registers what stands in the place of a node in tests. */
import { registry } from '../registry.js';
import { StubRuntime } from './stub.js';

registry.register(new StubRuntime());
