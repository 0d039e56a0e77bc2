export * from './sql-runner.js';
export * from './append-changes.js';
export * from './change-log-signal.js';
