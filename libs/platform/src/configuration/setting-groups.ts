import { Setting, settingsOf } from './setting.js';

type Group = new () => object;

type InstancesOf<Groups extends readonly Group[]> = Groups extends readonly [
  infer First extends Group,
  ...infer Rest extends readonly Group[],
]
  ? InstanceType<First> & InstancesOf<Rest>
  : unknown;

/** A class with the settings of several, to be extended: a class has one ancestor, and groups know nothing of each other. */
export function settingGroups<const Groups extends readonly Group[]>(
  ...groups: Groups
): new () => InstancesOf<Groups> {
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the decorators below fill it
  class Combined {}
  for (const definition of groups.flatMap(settingsOf)) {
    Setting(definition)(Combined.prototype, definition.property);
  }
  return Combined as new () => InstancesOf<Groups>;
}
