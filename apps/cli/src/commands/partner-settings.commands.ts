import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { type ConnectionDetails, connectionFacts } from '../connection.js';
import { answer, type CliContext, collect, command, several } from '../context.js';
import { facts, table } from '../print.js';
import { knobsFrom } from '../profile-knobs.js';

interface Visibility {
  rule: string;
  objects: string[];
  shown: number;
}

/** What an operator decides about a partner: parties, versions, profile, visibility. */
export function addPartnerSettings(partner: Command, context: CliContext): void {
  command(
    partner,
    'edit <id>',
    'change name, kind, parties or versions; lists replace the old ones',
    'partner edit example-emsp --name "Example eMSP" --allow "NL*EMA,NL*EMB"',
    'partner edit example-emsp --version all',
  )
    .option('--name <name>')
    .option('--kind <kind>', 'peer, hub or nap')
    .option('--allow <party>', 'the parties it may claim', several)
    .option('--hosted <party>', 'the parties of ours that it meets; `all` for all', several)
    .option('--version <version>', 'the versions we offer; `all` for all', several)
    .action(async (id: string, options: Edit) => {
      const changed = await context.api.call<ConnectionDetails>('PATCH', at('connections', id), {
        name: options.name,
        kind: options.kind,
        allowedParties: options.allow,
        hostedParties: orAll(options.hosted),
        offeredVersions: orAll(options.version),
      });
      answer(context, options, changed, connectionFacts);
    });

  command(
    partner,
    'profile <id>',
    'show the knobs in force, or change some',
    'partner profile example-emsp',
    'partner profile example-emsp --set locationsPush=put --unset catchUp',
    'partner profile example-emsp --set "responseUrlHosts=emsp.example,*.emsp.example"',
  )
    .option('--set <knob=value>', 'set a knob (repeat for more); a list as a,b', collect)
    .option('--unset <knob>', "fall back to the preset's value", several)
    .option('--preset <preset>', 'a profile many share; `none` for none')
    .action(async (id: string, options: ProfileChange) => {
      const unset = Object.fromEntries((options.unset ?? []).map((knob) => [knob, null]));
      const profile = { ...(await knobsFrom(options.set ?? [], context.api)), ...unset };
      const { preset } = options;
      const changes = {
        ...(Object.keys(profile).length > 0 && { profile }),
        ...(preset !== undefined && { preset: preset === 'none' ? null : preset }),
      };
      const isChange = Object.keys(changes).length > 0;
      const path = at('connections', id);
      const details = isChange
        ? await context.api.call<ConnectionDetails>('PATCH', path, changes)
        : await context.api.get<ConnectionDetails>(path);
      answer(context, options, details, (one) => {
        const knobs = profileTable(one);
        return isChange
          ? `${knobs}\n\nObjects look as before until \`partner resync ${id}\`.`
          : knobs;
      });
    });

  command(
    partner,
    'visibility <id> <kind>',
    'show or change which locations or tariffs it sees',
    'partner visibility example-emsp locations --rule only --add "NL*EVC/LOC1"',
    'partner visibility example-emsp tariffs --rule all',
  )
    .option('--rule <rule>', 'all; only the listed; except the listed')
    .option('--add <object>', 'list an object, as NL*EVC/LOC1 (repeat for more)', several)
    .option('--remove <object>', 'take one off the list', several)
    .action(async (id: string, kind: string, options: VisibilityOptions) => {
      const { rule, add, remove } = options;
      const path = at('connections', id, 'visibility', kind);
      const isChange = rule !== undefined || add !== undefined || remove !== undefined;
      const visibility = isChange
        ? await context.api.call<Visibility>('PUT', path, { rule, add, remove })
        : await context.api.get<Visibility>(path);
      answer(context, options, visibility, ({ objects, shown, ...one }) =>
        facts([
          ['rule', one.rule],
          ['listed', objects],
          ['sees', `${shown} ${kind}`],
        ]),
      );
    });
}

const orAll = (values: string[] | undefined): string[] | null | undefined =>
  values?.includes('all') ? null : values;

const profileTable = ({ preset, profile, effectiveProfile }: ConnectionDetails): string =>
  `preset  ${preset ?? '-'}\n\n` +
  table(
    ['KNOB', 'VALUE', 'ITS OWN'],
    Object.entries(effectiveProfile).map(([name, value]) => [name, String(value), name in profile]),
  );

interface Edit {
  name?: string;
  kind?: string;
  allow?: string[];
  hosted?: string[];
  version?: string[];
  json?: boolean;
}

interface ProfileChange {
  set?: string[];
  unset?: string[];
  preset?: string;
  json?: boolean;
}

interface VisibilityOptions {
  rule?: string;
  add?: string[];
  remove?: string[];
  json?: boolean;
}
