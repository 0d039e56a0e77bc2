/** A canonical object in one version's form, or why that version's partners do not get it (G7). */
export type Encoded<Wire> = { wire: Wire } | { withheld: string };
