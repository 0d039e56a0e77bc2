export * from './http/index.js';
export * from './connection.js';
export * from './connection-directory.js';
export * from './secrets.js';
export * from './profile/knob.js';
export * from './profile/knobs.js';
export * from './profile/presets.js';
export * from './profile/resolve-profile.js';
