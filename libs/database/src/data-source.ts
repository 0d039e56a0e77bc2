import 'reflect-metadata';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { AuditEntryEntity } from './entities/audit-entry.entity.js';
import { AuthorizationRequestEntity } from './entities/authorization-request.entity.js';
import { ChargingProfileEntity } from './entities/charging-profile.entity.js';
import { CommandCallbackEntity } from './entities/command-callback.entity.js';
import { CommandEntity } from './entities/command.entity.js';
import { ReservationEntity } from './entities/reservation.entity.js';
import { TokenAliasEntity } from './entities/token-alias.entity.js';
import { CdrReceiptEntity } from './entities/cdr-receipt.entity.js';
import { CdrRenditionEntity } from './entities/cdr-rendition.entity.js';
import { CdrEntity } from './entities/cdr.entity.js';
import { ChangeEntity } from './entities/change.entity.js';
import { ConnectionTokenEntity } from './entities/connection-token.entity.js';
import { ConnectionEntity } from './entities/connection.entity.js';
import { CsmsClientEntity } from './entities/csms-client.entity.js';
import { CsmsMessageEntity } from './entities/csms-message.entity.js';
import { CsmsSubscriberEntity } from './entities/csms-subscriber.entity.js';
import { EvseStateEntity } from './entities/evse-state.entity.js';
import { EvseEntity } from './entities/evse.entity.js';
import { ExchangeEntity } from './entities/exchange.entity.js';
import { FeedEntity } from './entities/feed.entity.js';
import { MIGRATIONS } from './migrations/index.js';
import { HostedPartyEntity } from './entities/hosted-party.entity.js';
import { InboxEntity } from './entities/inbox.entity.js';
import { LeaseEntity } from './entities/lease.entity.js';
import { LocationEntity } from './entities/location.entity.js';
import { ObjectGrantEntity } from './entities/object-grant.entity.js';
import { ParkedEventEntity } from './entities/parked-event.entity.js';
import { ParkedPushEntity } from './entities/parked-push.entity.js';
import { PartnerMessageEntity } from './entities/partner-message.entity.js';
import { RemoteEndpointEntity } from './entities/remote-endpoint.entity.js';
import { RemotePartyEntity } from './entities/remote-party.entity.js';
import { SessionDeliveryEntity } from './entities/session-delivery.entity.js';
import { SessionEntity } from './entities/session.entity.js';
import { SnapshotRunEntity } from './entities/snapshot-run.entity.js';
import { TariffEntity } from './entities/tariff.entity.js';
import { TokenEntity } from './entities/token.entity.js';

// 64-bit ids, sequences and transaction ids stay far below 2^53; numbers spare every caller a conversion.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const ENTITIES = [
  AuditEntryEntity,
  AuthorizationRequestEntity,
  ChargingProfileEntity,
  CommandCallbackEntity,
  CommandEntity,
  ReservationEntity,
  TokenAliasEntity,
  CdrReceiptEntity,
  CdrRenditionEntity,
  CdrEntity,
  ChangeEntity,
  ConnectionTokenEntity,
  ConnectionEntity,
  CsmsClientEntity,
  CsmsMessageEntity,
  CsmsSubscriberEntity,
  EvseStateEntity,
  EvseEntity,
  ExchangeEntity,
  FeedEntity,
  HostedPartyEntity,
  InboxEntity,
  LeaseEntity,
  LocationEntity,
  ObjectGrantEntity,
  ParkedEventEntity,
  ParkedPushEntity,
  PartnerMessageEntity,
  RemoteEndpointEntity,
  RemotePartyEntity,
  SessionDeliveryEntity,
  SessionEntity,
  SnapshotRunEntity,
  TariffEntity,
  TokenEntity,
];

/** Everything TypeORM needs for our schema. Never synchronizes: migrations alone change it. */
export function dataSourceOptions(
  url: string,
  poolSize = 20,
  applicationName = 'ocpi-gateway',
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migration',
    synchronize: false,
    poolSize,
    applicationName,
    extra: { connectionTimeoutMillis: 5000, keepAlive: true },
  };
}

/** A connected data source; the caller destroys it. */
export const openDataSource = (url: string, poolSize?: number, applicationName?: string) =>
  new DataSource(dataSourceOptions(url, poolSize, applicationName)).initialize();
