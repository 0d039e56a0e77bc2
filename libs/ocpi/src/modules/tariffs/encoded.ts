/**
 * A canonical object in one version's form, or why that version's partners do not get it (G7). `losses` names what the
 * operator should know to be missing from the form.
 */
export type Encoded<Wire> = { wire: Wire; losses?: string[] } | { withheld: string };
