import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export type ReservationState =
  | 'pending'
  | 'active'
  /** The driver charges. */
  | 'used'
  | 'expired'
  | 'cancelled'
  /** Taken away by the station or the operator. */
  | 'removed'
  | 'refused';

/**
 * A partner's reservation under the number by which stations know it: partners' own ids may collide and never reach a
 * station (CMD-54). The same partner, Location and id is the same reservation (CMD-55).
 */
@Entity('reservation')
@Index('ux_reservation_open', ['partyKey', 'senderKey', 'locationKey', 'reservationKey'], {
  unique: true,
  where: "state IN ('pending', 'active')",
})
@Index('ix_reservation_session', ['partyKey', 'sessionKey'])
@Index('ix_reservation_expiry', ['expiryDate'], { where: "state IN ('pending', 'active')" })
@Index('ix_reservation_ended', ['endedAt'], { where: 'ended_at IS NOT NULL' })
export class ReservationEntity {
  /** 1 to 2³¹ − 1. */
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_reservation',
  })
  number: number;

  @Column('text', { name: 'connection_id' })
  connectionId: string;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  @Column('text', { name: 'sender_key' })
  senderKey: string;

  /** The partner's id, folded on every version: on 2.1.1 it is a number, which has no case (CMD-72). */
  @Column('text', { name: 'reservation_key' })
  reservationKey: string;

  @Column('text', { name: 'location_key' })
  locationKey: string;

  @Column('text', { name: 'evse_key', nullable: true })
  evseKey: string | null;

  /** Folded id of the Session that it is, and becomes. */
  @Column('text', { name: 'session_key' })
  sessionKey: string;

  /** Folded uid of the driver's token. */
  @Column('text', { name: 'driver_key' })
  driverKey: string;

  /** The canonical ReserveNow in force, JSON text. */
  @Column('text')
  body: string;

  /** The command in force: its callbacks hear of a cancellation (CMD-73). */
  @Column('uuid', { name: 'command_id' })
  commandId: string;

  @Column('text', { default: 'pending' })
  state: ReservationState;

  @Column('timestamptz', { name: 'expiry_date' })
  expiryDate: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  /** It ended while a request for it was open: the state it takes when the request is settled. */
  @Column('text', { name: 'held_end', nullable: true })
  heldEnd: ReservationState | null;

  /** When it did, as the CSMS says. */
  @Column('timestamptz', { name: 'held_end_at', nullable: true })
  heldEndAt: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
