import { createAutoDispatcher } from '#src/dispatch/auto.js';
import { createInlineDispatcher } from '#src/dispatch/inline.js';
import { createThreadDispatcher } from '#src/dispatch/threads.js';
import { describeDispatcher } from './dispatcher.js';

describeDispatcher('inline', createInlineDispatcher);
describeDispatcher('threads', createThreadDispatcher);
describeDispatcher('auto', createAutoDispatcher);
