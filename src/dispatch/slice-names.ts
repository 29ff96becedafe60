/** Under which name `run.input` travels: one that no author can bind. */
export const runInputName = '$run.input';

/** Under which name the ranks of the scopes travel in which `vars` are seen. */
export const variableRanksName = '$vars.ranks';
