import { describeErrors, type FieldError } from '#ocpi';

const MAX_EXAMPLES = 3;
const MAX_LENGTH = 300;

/** What of a pull could not be read: a count and the first few, so that a broken list is one line of the log (TRN-19). */
export class BrokenTokens {
  count = 0;
  readonly examples: string[] = [];

  add(item: unknown, errors: readonly FieldError[]): void {
    this.count += 1;
    if (this.examples.length === MAX_EXAMPLES) return;
    const uid = (item as { uid?: unknown } | null)?.uid;
    const name = typeof uid === 'string' ? uid : 'without a uid';
    this.examples.push(`${name}: ${describeErrors(errors)}`.slice(0, MAX_LENGTH));
  }
}
