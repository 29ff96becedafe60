import { defineTransform } from 'flowscript/transform';
import { first } from './bytes.js';

/** `first`, which neither writes to what it got nor keeps it. */
export default defineTransform<Uint8Array, number>({ readonly: true, handsOver: true, run: first });
