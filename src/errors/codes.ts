/** Every code FlowScript itself raises. User code may add its own (`error.code`, `<fail code>`). */
export const errorCodes = {
  // Flow author
  FLOW_FILE_UNREADABLE: 'the flow file cannot be read',
  FLOW_XML_MALFORMED: 'the file is not well-formed XML',
  FLOW_XML_UNSAFE: 'a DTD, an entity declaration or a limit that protects the reader',
  FLOW_LIMIT_EXCEEDED: 'the file is larger, deeper or has more elements than allowed',
  FLOW_ELEMENT_UNKNOWN: 'no such element, or not allowed here',
  FLOW_ELEMENT_MISSING: 'a required child element is missing',
  FLOW_SETTING_UNKNOWN: 'no such setting on this element',
  FLOW_SETTING_MISSING: 'a required setting is missing',
  FLOW_SETTING_INVALID: 'a setting has a wrong value',
  FLOW_ID_DUPLICATE: 'two nodes have one id',
  FLOW_ID_INVALID: 'an id that breaks the pattern or is a reserved name',
  FLOW_REFERENCE_UNKNOWN: 'an expression or `after` names something that is not there or not visible',
  FLOW_CYCLE: 'nodes wait for one another',
  FLOW_CONFLICT: 'two branches write one variable',
  FLOW_EXPRESSION_SYNTAX: 'an expression cannot be parsed',
  FLOW_EXPRESSION_TYPE: 'an expression can never be evaluated: its types do not fit',
  FLOW_EXPRESSION_FAILED: 'an expression failed while it ran',
  FLOW_EXPRESSION_BUDGET: 'an expression took more steps than allowed',
  FLOW_INVALID: 'the flow has faults (see `faults`)',
  // Caller
  CONFIG_INVALID: 'a `--set`, config value or input does not fit what the flow declares',
  SECRET_MISSING: 'a declared secret was not given',
  RUN_CANCELLED: 'the run was cancelled',
  FLOW_TIMEOUT: 'the run took longer than its timeout',
  // Module author
  NODE_FAILED: 'user code threw an error without a code of its own',
  NODE_TIMEOUT: 'an attempt took longer than its timeout',
  MODULE_NOT_FOUND: 'a module or its export does not exist',
  MODULE_INVALID: 'a module cannot be loaded or does not export what is needed',
  VALUE_NOT_CLONEABLE: 'a value cannot cross to or from a worker',
  NODE_INPUT_INVALID: 'a node was given an input of a kind it cannot use',
  PATH_UNSAFE: 'data tried to lead a path out of its folder',
  URL_UNSAFE: 'a URL is not http or https',
  FILE_UNREADABLE: 'a file cannot be read',
  FILE_UNWRITABLE: 'a file cannot be written',
  PARSE_FAILED: 'text does not fit the format',
  SCHEMA_MISMATCH: 'a value does not fit its JSON Schema',
  HTTP_STATUS: 'an HTTP answer outside `okStatus`',
  HTTP_FAILED: 'an HTTP request got no answer',
  // Blocks
  TOLERATED_FAILURES_EXCEEDED: 'more items failed than `toleratedFailures` allows',
  JOIN_UNREACHABLE: 'too many failed for `join` to be reached',
  LOOP_LIMIT: 'a loop reached `maxIterations`',
  // Operator
  WORKER_EXITED: 'a worker thread ended in the middle of a task',
  WORKER_OUT_OF_MEMORY: 'a worker reached its memory limit',
  WORKER_FAILED: 'a worker thread cannot start',
  POOL_CLOSED: 'work was given to a closed engine',
} as const;

export type ErrorCode = keyof typeof errorCodes;
