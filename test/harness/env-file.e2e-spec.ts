import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scriptUrl } from './project-root.js';

type Environment = Record<string, string>;

describe('the .env file of `npm start`', () => {
  let folder: string;
  let file: string;
  let takeEnvFile: (file: string, environment: Environment) => void;

  beforeAll(async () => {
    ({ takeEnvFile } = (await import(scriptUrl('env-file.mjs'))) as {
      takeEnvFile: typeof takeEnvFile;
    });
    folder = mkdtempSync(path.join(tmpdir(), 'ocpi-env-'));
    file = path.join(folder, '.env');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const taken = (text: string, environment: Environment = {}): Environment => {
    writeFileSync(file, text);
    takeEnvFile(file, environment);
    return environment;
  };

  it('counts as a whole, where the environment says nothing else', () => {
    const text =
      'DATABASE_URL=postgres://a/b\nOCPI_PUBLIC_PORT="4000" # ours\nOCPI_INTERNAL_PORT=4001\n';

    expect(taken(text, { OCPI_INTERNAL_PORT: '5001' })).toEqual({
      DATABASE_URL: 'postgres://a/b',
      OCPI_PUBLIC_PORT: '4000',
      OCPI_INTERNAL_PORT: '5001',
    });
  });

  it('may name the database by a file', () => {
    const secret = path.join(folder, 'database-url');
    writeFileSync(secret, 'postgres://a/b\n');

    expect(taken(`DATABASE_URL_FILE=${secret}\n`)).toEqual({
      DATABASE_URL: 'postgres://a/b',
      DATABASE_URL_FILE: '',
    });
  });

  it('need not be there', () => {
    const environment = {};
    takeEnvFile(path.join(folder, 'none'), environment);
    expect(environment).toEqual({});
  });
});
