export * from './station-answer.js';
export * from './result-of-command.js';
export * from './result-of-charging-profile.js';
export * from './id-token.js';
export * from './authorization-status.js';
export * from './convert-charging-profile.js';
export * from './plan-horizon.js';
export * from './plans-otherwise.js';
