import type { MigrationInterface } from 'typeorm';
import { Baseline1795000000000 } from './1795000000000-baseline.js';
import { TariffAcVoltage1795000000001 } from './1795000000001-tariff-ac-voltage.js';
import { ChangeOfCdrs1795000000002 } from './1795000000002-change-of-cdrs.js';
import { LocationRendering1795000000003 } from './1795000000003-location-rendering.js';
import { RealTime1795000000004 } from './1795000000004-real-time.js';
import { ActiveSessions1795000000005 } from './1795000000005-active-sessions.js';
import { ChargingProfilePushes1795000000006 } from './1795000000006-charging-profile-pushes.js';
import { HeldEnds1795000000007 } from './1795000000007-held-ends.js';
import { Traceparents1796000000010 } from './1796000000010-traceparents.js';
import { AuditEntry1796000000020 } from './1796000000020-audit-entry.js';
import { MessageTrace1796000000021 } from './1796000000021-message-trace.js';
import { AuditEntryTruncate1796000000030 } from './1796000000030-audit-entry-truncate.js';
import { RetentionIndexes1796000000040 } from './1796000000040-retention-indexes.js';

/** In order; each is written once and never touched again after it landed. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [
  Baseline1795000000000,
  TariffAcVoltage1795000000001,
  ChangeOfCdrs1795000000002,
  LocationRendering1795000000003,
  RealTime1795000000004,
  ActiveSessions1795000000005,
  ChargingProfilePushes1795000000006,
  HeldEnds1795000000007,
  Traceparents1796000000010,
  AuditEntry1796000000020,
  MessageTrace1796000000021,
  AuditEntryTruncate1796000000030,
  RetentionIndexes1796000000040,
];
