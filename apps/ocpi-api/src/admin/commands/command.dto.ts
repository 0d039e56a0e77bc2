import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsString } from 'class-validator';
import { ListQuery } from '../http/list-query.dto.js';

const COMMAND_STATES = ['open', 'finished'] as const;
const CALLBACK_STATES = [
  'waiting',
  'due',
  'sending',
  'delivered',
  'refused',
  'failed',
  'unknown',
] as const;
const RESERVATION_STATES = [
  'pending',
  'active',
  'used',
  'expired',
  'cancelled',
  'removed',
  'refused',
] as const;

class PageQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Of this connection alone' })
  @IsOptional()
  @IsString()
  connection?: string;

  @ApiPropertyOptional({ description: 'About this Session, by its id' })
  @IsOptional()
  @IsString()
  session?: string;

  @ApiPropertyOptional({ description: 'Older than this instant' })
  @IsOptional()
  @IsISO8601()
  before?: string;
}

export class CommandQuery extends PageQuery {
  @ApiPropertyOptional({ enum: COMMAND_STATES })
  @IsOptional()
  @IsIn(COMMAND_STATES)
  state?: (typeof COMMAND_STATES)[number];

  @ApiPropertyOptional({
    description: 'Only those with a result that was refused, failed or may never have arrived',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  undelivered?: 'true' | 'false';
}

export class ReservationQuery extends PageQuery {
  @ApiPropertyOptional({ enum: RESERVATION_STATES })
  @IsOptional()
  @IsIn(RESERVATION_STATES)
  state?: (typeof RESERVATION_STATES)[number];
}

export class CommandView {
  @ApiProperty({ description: 'Also the command_id of the CSMS' })
  id: string;

  @ApiProperty({ example: 'START_SESSION' })
  kind: string;

  @ApiProperty()
  connectionId: string;

  @ApiProperty({ example: '2.2.1' })
  version: string;

  @ApiProperty({ description: 'The party of ours', example: 'NL*EVC' })
  party: string;

  @ApiProperty({ description: 'The party that asked', example: 'DE*EMP' })
  sender: string;

  @ApiProperty({ type: String, nullable: true })
  location: string | null;

  @ApiProperty({ type: String, nullable: true })
  evse: string | null;

  @ApiProperty({ type: String, nullable: true })
  session: string | null;

  @ApiProperty({ type: Number, nullable: true })
  reservationNumber: number | null;

  @ApiProperty()
  receivedAt: Date;

  @ApiProperty({ description: 'When it ends as TIMEOUT' })
  deadline: Date;

  @ApiProperty({ type: Date, nullable: true, description: 'When the CSMS said that it has it' })
  takenOnAt: Date | null;

  @ApiProperty({ type: Date, nullable: true })
  finishedAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null while it is open' })
  outcome: string | null;

  @ApiProperty({ description: 'Results of the CSMS that came too late, or twice' })
  droppedResults: number;

  @ApiProperty({ enum: CALLBACK_STATES, isArray: true, description: 'Of its callbacks' })
  callbackStates: string[];
}

export class CallbackView {
  @ApiProperty()
  id: number;

  @ApiProperty({ enum: ['result', 'cancellation'] })
  purpose: string;

  @ApiProperty()
  responseUrl: string;

  @ApiProperty({ enum: CALLBACK_STATES })
  state: string;

  @ApiProperty({ type: String, nullable: true, description: 'What is or was sent' })
  body: string | null;

  @ApiProperty({ type: Date, nullable: true })
  sentAt: Date | null;

  @ApiProperty({ type: Date, nullable: true, description: 'After this it is not sent any more' })
  expiresAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'How it ended' })
  note: string | null;
}

export class CommandDetails extends CommandView {
  @ApiProperty({ type: Object, description: 'The command in the words of 2.3.0' })
  body: unknown;

  @ApiProperty({ type: Object, nullable: true, description: 'What the CSMS said, as it said it' })
  result: unknown;

  @ApiProperty({ type: [CallbackView] })
  callbacks: CallbackView[];
}

export class CommandList {
  @ApiProperty({ type: [CommandView] })
  commands: CommandView[];
}

export class ReservationView {
  @ApiProperty({ description: "The station's reservation id" })
  number: number;

  @ApiProperty()
  connectionId: string;

  @ApiProperty({ example: 'NL*EVC' })
  party: string;

  @ApiProperty({ example: 'DE*EMP' })
  sender: string;

  @ApiProperty({ description: "The partner's id" })
  reservation: string;

  @ApiProperty()
  location: string;

  @ApiProperty({ type: String, nullable: true })
  evse: string | null;

  @ApiProperty({ description: 'The Session that it is, and becomes' })
  session: string;

  @ApiProperty({ enum: RESERVATION_STATES })
  state: string;

  @ApiProperty()
  expiryDate: Date;

  @ApiProperty()
  createdAt: Date;

  @ApiProperty({ type: Date, nullable: true })
  endedAt: Date | null;

  @ApiProperty({ description: 'The command in force' })
  commandId: string;
}

export class ReservationList {
  @ApiProperty({ type: [ReservationView] })
  reservations: ReservationView[];
}
