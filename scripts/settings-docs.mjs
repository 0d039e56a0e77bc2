// Writes docs/settings.md and .env.example from the settings class. Run after a build.
import { writeFileSync } from 'node:fs';

const { renderEnvironmentExample, renderSettingsTable } =
  await import('../dist/libs/platform/src/configuration/settings-documents.js');
const root = new URL('../', import.meta.url);
writeFileSync(new URL('docs/settings.md', root), renderSettingsTable());
writeFileSync(new URL('.env.example', root), renderEnvironmentExample());
