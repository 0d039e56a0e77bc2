import { type OcpiVersion } from '#ocpi';
import { type Caller } from './caller.js';
import { type PageQuery } from './list-pages.js';

/** Conditions and parameters of a list query on a table with `party_key` and `last_updated`. */
export class ObjectFilter {
  readonly parameters: unknown[] = [];
  readonly clauses: string[] = [];

  constructor(
    private readonly caller: Caller & { version: OcpiVersion },
    { from, to }: Pick<PageQuery, 'from' | 'to'>,
  ) {
    if (caller.parties) this.add((p) => `o.party_key = ANY(${p})`, caller.parties);
    if (from) this.add((p) => `${this.stamp} >= ${p}`, from);
    if (to) this.add((p) => `${this.stamp} < ${p}`, to);
  }

  /** Adds a clause with one parameter; returns its placeholder. */
  add(clause: (placeholder: string) => string, value: unknown): void {
    this.clauses.push(clause(`$${this.parameters.push(value)}`));
  }

  get where(): string {
    return this.clauses.length === 0 ? 'true' : this.clauses.join(' AND ');
  }

  /** What the partner reads is what filters compare with: 2.1.1 has no fractions (TYP-09). */
  private get stamp(): string {
    return this.caller.version === '2.1.1'
      ? "date_trunc('second', o.last_updated)"
      : 'o.last_updated';
  }
}
