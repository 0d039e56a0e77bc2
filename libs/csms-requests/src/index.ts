export * from './add-csms-messages.js';
