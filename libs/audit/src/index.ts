export * from './act.js';
export * from './audit-entry.js';
export * from './perform.js';
export * from './without-secrets.js';
