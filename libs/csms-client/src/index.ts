export * from './csms-event.js';
export * from './event-sender.js';
export * from './http-event-sender.js';
export * from './kafka-event-sender.js';
export * from './state-network.js';
