/** What a message of the contract may measure; more is parked (Kafka) or refused (HTTP). */
export const LIMITS = {
  /** One event, envelope and data, in bytes. Below Kafka's own default of 1 MB with room for headers. */
  maxEventBytes: 1_000_000,
  /** Events in one HTTP request. */
  maxBatchEvents: 1000,
  /** Levels of objects and lists in one event; what nests deeper is parked. */
  maxDepth: 100,
  maxIdLength: 256,
  maxSourceLength: 512,
  maxSubjectLength: 512,
  maxSnapshotIdLength: 128,
} as const;
