import { readPemFiles, setFiles } from '#platform';

/**
 * The files that libpq's parameters in DATABASE_URL name hold what they should: an empty authority is none to Node, which
 * then trusts every public one. @throws SettingsError that names the parameter and the file
 */
export function requireTlsFiles(url: string): void {
  const parameters = new URL(url).searchParams;
  const files = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => [
    `DATABASE_URL (${name})`,
    parameters.get(name) ?? undefined,
  ]);
  readPemFiles(setFiles(Object.fromEntries(files) as Record<string, string | undefined>));
}
