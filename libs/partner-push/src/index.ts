export * from './feeds/feed-runner.js';
export { parkedPushes, type ParkedPush, redriveParked, requestResync } from './records/parking.js';
export { type CdrRendition, keepRendition, owedCdrsOf } from './records/cdr-receipts.js';
export { cdrViewKey, renderCdr } from './state/cdr-view.js';
export * from './charging-profiles/charging-profile-pushes.js';
export { ConnectionView } from './state/connection-view.js';
export { ObjectLoader } from './state/object-loader.js';
export { RenderedLocation } from './state/location-rendering.js';
export * from './state/object-rows.js';
