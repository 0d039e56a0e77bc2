import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  DEVELOPMENT_ADMIN_KEY,
  DEVELOPMENT_ENCRYPTION_KEY,
} from './configuration/development-keys.js';
import { GatewaySettings } from './configuration/gateway-settings.js';
import { ReadinessGate } from './health/readiness-gate.js';
import { createLogger } from './logging/logger.js';

/** Says at start, and in health, what an operator must not overlook: exemptions for partners' URLs, keys known to all. */
@Injectable()
export class StartNotices implements OnApplicationBootstrap {
  constructor(
    private readonly settings: GatewaySettings,
    private readonly gate: ReadinessGate,
  ) {}

  onApplicationBootstrap(): void {
    const { adminKey, encryptionKey, partnerUrlAllowlist } = this.settings;
    const log = createLogger('settings');
    if (adminKey === DEVELOPMENT_ADMIN_KEY || encryptionKey === DEVELOPMENT_ENCRYPTION_KEY) {
      log.warn('running with the well-known development keys: for development only');
    }
    if (partnerUrlAllowlist.length > 0) {
      log.warn({ partnerUrlAllowlist }, 'these partner addresses may be plain HTTP or private');
      this.gate.register('partnerUrlAllowlist', () =>
        Promise.resolve({ entries: partnerUrlAllowlist }),
      );
    }
  }
}
