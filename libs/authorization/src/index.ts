export * from './authorizer.js';
export * from './partner-questions.js';
