/** What a Tariff rendering needs beside the object. */
export interface TariffView {
  /** Printable ASCII only (G2); read by the 2.1.1 codec. */
  asciiOnly: boolean;
  /** The voltage between phase and neutral that all connectors with this tariff share, all of them AC; else absent. */
  acVoltage?: number;
  /** Tax rate in percent that applies where a price includes tax and names no `vat` (T9). */
  taxRate?: number;
  /** The partner has the payments edition of 2.3.0 (TAR-47). */
  payments?: boolean;
  /** The bookings edition of 2.3.0 the partner has, if any (TAR-30, TAR-51). */
  bookings?: '1.0' | '1.1';
  /** The Tariff stands inside a CDR: then its type is no reason to withhold it, it is what was charged by (CDR-27). */
  embedded?: boolean;
}
