import { type Command } from 'commander';
import { type EventSender, type RefusedEvent } from '#csms-client';
import { CliError } from '../cli-error.js';
import { type CliContext, command, several } from '../context.js';
import { readNetwork } from '../read-network.js';

/** Of a call to Kafka: who waits at a terminal should hear soon that it does not answer. */
const RETRIES = 5;

interface FeedOptions {
  source: string;
  http?: string;
  key?: string;
  kafka?: string[];
  topicPrefix: string;
  json?: boolean;
}

/** `ocpi feed`: states a network from OCPI JSON files, as a CSMS would. */
export function addFeedCommand(program: Command, context: CliContext): void {
  command(
    program,
    'feed <files...>',
    'state a whole network from files of OCPI 2.3.0 Locations and Tariffs; what is missing in them is removed',
    'feed locations.json tariffs.json --http http://127.0.0.1:3002 --key <key of the CSMS client>',
    'feed locations.json --kafka broker-1:9092,broker-2:9092',
  )
    .option('--source <source>', 'CloudEvents source', 'urn:ocpi:cli')
    .option('--http <url>', 'the internal port of csms-consumer; key by --key or OCPI_CSMS_KEY')
    .option('--key <key>', 'the key of a CSMS client, see `csms add`')
    .option('--kafka <brokers>', 'Kafka brokers instead', several)
    .option('--topic-prefix <prefix>', 'of the topics', 'ocpi.')
    .action(async (files: string[], options: FeedOptions) => {
      const network = await readNetwork(files);
      const refused: RefusedEvent[] = [];
      const { stateNetwork } = await import('#csms-client');
      const sender = await senderFor(options, context, (event) => refused.push(event));
      try {
        await stateNetwork(sender, network, options.source);
      } catch (error) {
        throw new CliError(error instanceof Error ? error.message : String(error), {
          cause: error,
        });
      } finally {
        await sender.close();
      }
      const counts = { locations: network.locations.length, tariffs: network.tariffs.length };
      context.out(
        options.json === true
          ? JSON.stringify({ ...counts, refused }, null, 2)
          : `Stated ${counts.locations} locations and ${counts.tariffs} tariffs.`,
      );
      if (refused.length > 0) {
        const [first] = refused;
        throw new CliError(
          `${refused.length} events were parked (${first?.reason ?? first?.outcome ?? ''}); see \`events list\``,
        );
      }
    });
}

async function senderFor(
  { http, key, kafka, topicPrefix }: FeedOptions,
  { env }: CliContext,
  onRefused: (event: RefusedEvent) => void,
): Promise<EventSender> {
  if ((http === undefined) === (kafka === undefined)) {
    throw new CliError('say which way: --http with --key, or --kafka');
  }
  const { HttpEventSender, KafkaEventSender } = await import('#csms-client');
  if (kafka !== undefined) return new KafkaEventSender(kafka, { topicPrefix, retries: RETRIES });
  const shown = key ?? env['OCPI_CSMS_KEY'];
  if (http === undefined || shown === undefined) throw new CliError('--http needs --key');
  return new HttpEventSender(http.replace(/\/+$/, ''), shown, onRefused);
}
