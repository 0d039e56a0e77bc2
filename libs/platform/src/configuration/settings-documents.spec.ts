import { readFileSync } from 'node:fs';
import { renderEnvironmentExample, renderSettingsTable } from './settings-documents.js';

const REPOSITORY = new URL('../../../../', import.meta.url);

describe('the documents of the settings', () => {
  it.each([
    ['docs/settings.md', renderSettingsTable],
    ['.env.example', renderEnvironmentExample],
  ])('%s is what the class says (else run: node scripts/settings-docs.mjs)', (path, render) => {
    expect(readFileSync(new URL(path, REPOSITORY), 'utf8')).toBe(render());
  });
});
