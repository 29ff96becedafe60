/** Registers the sources. */
import { registry } from '../registry.js';
import { FileSourceRuntime } from './file.js';
import { HttpSourceRuntime } from './http.js';
import { ValueSourceRuntime } from './value.js';

registry.register(new ValueSourceRuntime());
registry.register(new FileSourceRuntime());
registry.register(new HttpSourceRuntime());
