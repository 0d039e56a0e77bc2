import { type CloudEvent } from '#csms-contract';

/** Takes one message. It counts as taken when the promise resolves, so whatever must outlive a crash is stored by then. */
export type MessageHandler = (message: CloudEvent) => void | Promise<void>;

/**
 * What the gateway says, one way per binding: at least once, in order per record key. A handler that throws gets the
 * message again.
 */
export interface MessageReceiver {
  /** Resolves when messages are kept for us from now on; they come until `close`. */
  start(handler: MessageHandler): Promise<void>;
  close(): Promise<void>;
}
