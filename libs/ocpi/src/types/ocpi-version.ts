/** The protocol versions spoken, oldest first. Document revisions (d2, ed2) keep the version string (CHG-01). */
export const OCPI_VERSIONS = ['2.1.1', '2.2.1', '2.3.0'] as const;
export type OcpiVersion = (typeof OCPI_VERSIONS)[number];

export const isOcpiVersion = (text: string): text is OcpiVersion =>
  (OCPI_VERSIONS as readonly string[]).includes(text);
