export * from './command-signal.js';
export * from './command-timing.js';
export * from './kinds/command-kind.js';
export * from './kinds/command-kinds.js';
export * from './open-command.js';
export * from './settle-commands.js';
