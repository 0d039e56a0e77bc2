/** The environment does not describe a gateway. Lists every problem; never repeats a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`The settings are refused:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}
