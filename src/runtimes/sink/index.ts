/** Registers the sinks. */
import { registry } from '../registry.js';
import { FileSinkRuntime } from './file.js';
import { HttpSinkRuntime } from './http.js';
import { LogSinkRuntime } from './log.js';

registry.register(new FileSinkRuntime());
registry.register(new HttpSinkRuntime());
registry.register(new LogSinkRuntime());
