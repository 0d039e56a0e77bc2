import { type Command } from 'commander';
import { answer, type CliContext, command } from '../context.js';
import { table } from '../print.js';

interface ProfileKnobs {
  knobs: { name: string; values: string; default: unknown; doc: string; source: string }[];
  presets: { name: string; doc: string; knobs: Record<string, unknown> }[];
}

/** `ocpi knobs`: in what partners may differ. */
export function addKnobsCommand(program: Command, context: CliContext): void {
  command(program, 'knobs', 'the knobs of a partner profile, and the presets', 'knobs').action(
    async (options: { json?: boolean }) => {
      const all = await context.api.get<ProfileKnobs>('profile-knobs');
      answer(context, options, all, ({ knobs, presets }) =>
        [
          table(
            ['KNOB', 'VALUES', 'DEFAULT', 'MEANING', 'CHECK'],
            knobs.map((one) => [one.name, one.values, String(one.default), one.doc, one.source]),
          ),
          '',
          table(
            ['PRESET', 'MEANING', 'SETS'],
            presets.map(({ name, doc, knobs: set }) => [
              name,
              doc,
              Object.entries(set).map(([knob, value]) => `${knob}=${String(value)}`),
            ]),
          ),
        ].join('\n'),
      );
    },
  );
}
