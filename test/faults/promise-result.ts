import { type LocalKafka, type LocalPostgres } from '../harness/local-services.js';
import { type Backing } from './fault-world.js';

/** What `var/faults.json` says of a promise. */
export interface PromiseResult {
  promise: string;
  /** Kills, crawls, runs, events: the note says of what. */
  tries: number;
  lost: number;
  repeated: number;
  held: boolean;
  note: string;
}

/** Servers that a promise may break as it likes. */
export interface FaultServers {
  postgres: LocalPostgres;
  /** Puts the database back where it was after `postgres.kill()`. */
  restartPostgres(): Promise<void>;
  kafka: LocalKafka;
  /** A database and topics that nothing else uses. */
  fresh(): Promise<Backing>;
  say(line: string): void;
}

export interface FaultTest {
  id: string;
  title: string;
  run(servers: FaultServers): Promise<PromiseResult>;
}
