import type { Kind } from '../kind.js';
import { commandLine } from './command-line.js';
import { data } from './data.js';
import { expressions } from './expressions.js';
import { files } from './files.js';
import { kept } from './kept.js';
import { modes } from './modes.js';
import { oddity } from './oddities.js';
import { run } from './run.js';
import { sabotage } from './sabotage.js';
import { xml } from './xml.js';

export const kinds: readonly Kind[] = [xml, expressions, run, modes, oddity, kept, data, commandLine, files, sabotage];
