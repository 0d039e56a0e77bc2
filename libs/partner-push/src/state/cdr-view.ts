import { type CdrView, encodeCdr, type Location } from '#ocpi';
import { type CdrRendition } from '../records/cdr-receipts.js';
import { type ConnectionView } from './connection-view.js';
import { type CdrRow } from './object-rows.js';

/** The name under which a connection's rendition of CDRs is kept: its version and the knobs that change the body. */
export function cdrViewKey({
  connection,
  version,
}: Pick<ConnectionView, 'connection' | 'version'>): string {
  const { profile } = connection;
  return [
    version,
    ...(version === '2.3.0' && profile.plainData512 ? ['plain512'] : []),
    ...(version === '2.1.1' && !profile.asciiOnly ? ['utf8'] : []),
  ].join(';');
}

/** What the connector used has between phase and neutral, if it is AC: current limits of the tariffs are read with it. */
function voltageOf(location: Location | undefined): number | null {
  const connector = location?.evses?.[0]?.connectors[0];
  return connector?.power_type.startsWith('AC') === true ? connector.max_voltage : null;
}

/** A CDR in a connection's view; done once, then kept (G8). */
export function renderCdr(row: CdrRow, view: ConnectionView): CdrRendition {
  const location =
    row.locationSnapshot === null ? undefined : (JSON.parse(row.locationSnapshot) as Location);
  const cdrView: CdrView = {
    ...(location && { location }),
    locationView: {
      ...view.bareLocationView(),
      firstEdition: view.connection.profile.plainData512,
    },
    tariffView: () => ({ ...view.tariffView(voltageOf(location)), embedded: true }),
  };
  const encoded = encodeCdr(view.version, row.cdr, cdrView);
  return 'wire' in encoded
    ? { body: JSON.stringify(encoded.wire), withheld: null }
    : { body: null, withheld: encoded.withheld };
}
