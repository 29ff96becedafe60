/** Registers the work nodes that are written without a prefix. */
import { registry } from '../registry.js';
import { FailRuntime } from './fail.js';
import { SetRuntime } from './set.js';

registry.register(new SetRuntime());
registry.register(new FailRuntime());
