import { isOcpiVersion, type OcpiVersion } from '#ocpi';

/** What the path of a request is about. */
export interface OcpiPath {
  version: OcpiVersion | undefined;
  /** `versions`, `details`, a module identifier, or undefined for what we have nothing at. */
  resource: string | undefined;
  /** Segments below the module. */
  depth: number;
  /** The last of them. */
  last?: string | undefined;
}

const NOTHING: OcpiPath = { version: undefined, resource: undefined, depth: 0 };

/** Reads `/ocpi/versions`, `/ocpi/{version}` and `/ocpi/{version}/{module}/…`; slashes at the end do not count (TRN-65). */
export function readOcpiPath(url: string): OcpiPath {
  const queryAt = url.indexOf('?');
  let end = queryAt === -1 ? url.length : queryAt;
  while (url[end - 1] === '/') end -= 1;
  const [, root, first = '', module, ...rest] = url.slice(0, end).split('/');
  if (root !== 'ocpi') return NOTHING;
  if (first === 'versions' && module === undefined) {
    return { version: undefined, resource: 'versions', depth: 0 };
  }
  if (!isOcpiVersion(first)) return NOTHING;
  return { version: first, resource: module ?? 'details', depth: rest.length, last: rest.at(-1) };
}

/** Methods of what we serve, by resource and depth of the path: the rest is answered 405 with `Allow` (TRN-18). */
export function allowedMethods({
  version,
  resource,
  depth,
  last,
}: OcpiPath): readonly string[] | undefined {
  switch (resource) {
    case 'versions':
    case 'details':
      return depth === 0 ? ['GET'] : undefined;
    case 'credentials':
      return depth === 0 ? ['GET', 'POST', 'PUT', 'DELETE'] : undefined;
    case 'locations':
      return depth <= 3 ? ['GET'] : undefined;
    case 'sessions':
      if (depth === 2 && last === 'charging_preferences' && version !== '2.1.1') return ['PUT'];
      return depth === 0 ? ['GET'] : undefined;
    case 'tariffs':
    case 'cdrs':
      return depth === 0 ? ['GET'] : undefined;
    case 'tokens':
      return depth === 3 ? ['GET', 'PUT', 'PATCH'] : undefined;
    case 'commands':
      return depth === 1 ? ['POST'] : undefined;
    case 'chargingprofiles':
      return depth === 1 && version !== '2.1.1' ? ['GET', 'PUT', 'DELETE'] : undefined;
    default:
      return undefined;
  }
}
