const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** A currency code of ISO 4217 (SES-36, TAR-08). */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);
