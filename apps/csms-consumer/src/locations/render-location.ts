import { FRAGMENT_COLUMNS } from '#database';
import { fragmentLocation, type Location, locationView, OCPI_VERSIONS } from '#ocpi';
import { type Fragments } from './stored-locations.js';
import { type PartyTariffs, shelfFor } from './tariff-shelves.js';

/** A Location's stored text per version, and that of its EVSEs in their order. */
export interface RenderedLocation {
  location: Fragments;
  evses: Fragments[];
}

const nothing = (): Fragments => ({ v211: null, v221: null, v230: null });

/** Renders the default view of every version. */
export function renderLocation(
  location: Location,
  tariffs: PartyTariffs,
  at: Date,
): RenderedLocation {
  const rendered: RenderedLocation = {
    location: nothing(),
    evses: (location.evses ?? []).map(nothing),
  };
  for (const version of OCPI_VERSIONS) {
    const column = FRAGMENT_COLUMNS[version];
    const view = locationView(version, { tariffs: shelfFor(version, tariffs, at), at });
    const fragments = fragmentLocation(version, location, view);
    if (!fragments) continue;
    rendered.location[column] = fragments.location;
    fragments.evses.forEach(({ text }, index) => {
      const evse = rendered.evses[index];
      if (evse) evse[column] = text;
    });
  }
  return rendered;
}
