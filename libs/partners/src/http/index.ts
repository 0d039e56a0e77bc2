export * from './address-policy.js';
export * from './partner-client.js';
export * from './partner-request.js';
export * from './partner-tls.js';
export * from './outcome.js';
