import { GatewaySettings } from './gateway-settings.js';
import { type DefinedSetting, expected, settingsOf } from './setting.js';

const GENERATED = 'Generated from the settings in libs/platform/src/configuration';

/** docs/settings.md: one row per setting. */
export function renderSettingsTable(): string {
  const rows = mustSetFirst().map(
    (setting) =>
      `| \`${setting.env}\` | ${setting.description} | ${capitalised(expected(setting))} | ${defaultOf(setting)} |`,
  );
  return `# Settings

<!-- ${GENERATED} by \`node scripts/settings-docs.mjs\`. -->

Both processes read the environment and nothing else (a file \`.env\` in the working directory fills what the environment leaves out).
Everything is checked at start and all problems are shown at once. An empty variable counts as absent. An unknown variable
that begins with \`OCPI_\` is refused, so that a misspelt name cannot pass for a default.
A secret 🔑 may also stand in a file named by \`<NAME>_FILE\`. The first four must be set in production; the rest has defaults that work.
The command line reads \`OCPI_ADMIN_URL\`, \`OCPI_ADMIN_KEY\`, \`OCPI_ADMIN_KEY_FILE\`, \`OCPI_ADMIN_TOKEN\` and \`OCPI_CSMS_KEY\` from the environment alone; \`npm run migrate\` needs \`DATABASE_URL\` alone,
\`npm run topics\` the Kafka settings alone.

<!-- prettier-ignore -->
| Variable | What it does | Value | Default |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** .env.example: every setting with its description; those with a default are commented out. */
export function renderEnvironmentExample(): string {
  const blocks = mustSetFirst().map((setting) => {
    const notes = [
      `# ${setting.description.replaceAll('`', '')}`,
      `# ${capitalised(expected(setting))}. Default: ${defaultOf(setting).replaceAll('`', '').replace(' 🔑', '')}.`,
    ];
    return `${notes.join('\n')}\n#${setting.env}=${setting.default ?? ''}\n`;
  });
  return `# ${GENERATED} by node scripts/settings-docs.mjs.\n# Copy to .env and uncomment what you change.\n\n${blocks.join('\n')}`;
}

/** What an operator must set, then the rest; each in the order of the class. */
function mustSetFirst(): DefinedSetting[] {
  const settings = settingsOf(GatewaySettings);
  const mustSet = ({ defaultNote = '' }: DefinedSetting) => /\brequired\b/.test(defaultNote);
  return [...settings.filter(mustSet), ...settings.filter((setting) => !mustSet(setting))];
}

function defaultOf({ default: value, defaultNote, secret }: DefinedSetting): string {
  const text = defaultNote ?? (value === undefined || value === '' ? 'none' : `\`${value}\``);
  return secret ? `${text} 🔑` : text;
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
