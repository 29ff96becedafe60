import { defineTransform } from 'flowscript/transform';
import touchBytes from './bytes.js';

/** `touch`, which keeps nothing of what it got and gave. */
export default defineTransform<Uint8Array, Uint8Array>({ handsOver: true, run: touchBytes });
