import { Get, HttpCode, type OnApplicationBootstrap, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse } from '@nestjs/swagger';
import { recordAct } from '#audit';
import {
  ConnectionDirectory,
  type KeyUse,
  keyUses,
  rotateSecrets,
  SecretBox,
  type UnreadableSecret,
} from '#partners';
import { createLogger, GatewaySettings } from '#platform';
import { DataSource } from 'typeorm';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';

class EncryptionKey implements KeyUse {
  @ApiProperty({ description: 'The beginning of the digest of the key' })
  id: string;

  @ApiProperty({
    enum: ['current', 'previous', 'unknown'],
    description: '`unknown`: the gateway has no such key, these secrets cannot be read',
  })
  use: KeyUse['use'];

  @ApiProperty({ description: 'Secrets that were encrypted with it' })
  secrets: number;
}

class EncryptionKeys {
  @ApiProperty({ type: [EncryptionKey] })
  keys: EncryptionKey[];
}

class SecretNobodyReads implements UnreadableSecret {
  @ApiProperty({
    enum: ['connection', 'csms'],
    description: "`connection`: our token for a partner; `csms`: a client's webhook secret",
  })
  of: UnreadableSecret['of'];

  @ApiProperty({ description: 'The id of the connection, or the name of the client' })
  name: string;

  @ApiProperty()
  reason: string;
}

class RotatedKeys extends EncryptionKeys {
  @ApiProperty({ description: 'Secrets that were encrypted anew' })
  rotated: number;

  @ApiProperty({
    type: [SecretNobodyReads],
    description:
      'Secrets that cannot be read, by whatever key they were encrypted; left as they are',
  })
  unreadable: SecretNobodyReads[];
}

@AdminController('encryption-keys', 'Encryption keys')
export class EncryptionKeysController implements OnApplicationBootstrap {
  private readonly log = createLogger('encryption-keys');
  private readonly box: SecretBox;

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    settings: GatewaySettings,
  ) {
    this.box = SecretBox.of(settings);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { keys } = await this.list();
    for (const { id, use, secrets } of keys) {
      if (use === 'unknown') {
        this.log.error({ keyId: id, secrets }, 'secrets were encrypted with a key we do not have');
      }
    }
  }

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'The keys, and how many stored secrets each was used for' })
  @ApiResponse({ status: 200, type: EncryptionKeys })
  async list(): Promise<EncryptionKeys> {
    return { keys: await keyUses(this.dataSource, this.box) };
  }

  @Post('rotate')
  @HttpCode(200)
  @RequiresRole('admin')
  @Audited('encryption-keys.rotate', () => 'all')
  @ApiOperation({ summary: 'Encrypts with the current key whatever a previous one encrypted' })
  @ApiResponse({ status: 200, type: RotatedKeys })
  async rotate(): Promise<RotatedKeys> {
    const done = await rotateSecrets(this.dataSource, this.box);
    await recordAct(this.dataSource.manager, done);
    await this.directory.changed();
    this.log.info({ ...done, keyId: this.box.currentId }, 'secrets were encrypted anew');
    const { keys } = await this.list();
    return { ...done, keys };
  }
}
