/** Registers every built-in node type. Loaded by workers, so nothing behind it imports zod. */
import './control/index.js';
import './source/index.js';
import './statement/index.js';
import './transform/index.js';
import './sink/index.js';
import './stub/index.js';
