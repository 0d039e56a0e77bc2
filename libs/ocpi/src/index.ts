export * from './types/field-error.js';
export * from './types/ocpi-version.js';
export * from './types/date-time.js';
export * from './types/schema.js';
export * from './types/party.js';
