import { type Cdr, type Location, type Session, type Tariff } from '#ocpi';
import { type DataSource } from 'typeorm';
import {
  storeCdr,
  storeLocation,
  storeSession,
  storeTariff,
} from '../../../../test/harness/stored-objects.js';
import { exampleLocations, exampleTariffs } from '../../../csms-consumer/test/rendered-examples.js';
import { exampleOf } from '../admin/stored-objects.js';

/**
 * What the CPO NL*AAA has: Locations with every value that some version says in another way, and the contract's Session, CDR
 * and Tariff, whose driver is a customer of DE*EMP.
 */
export async function storeNetwork(source: DataSource): Promise<void> {
  const site = exampleOf('location.upserted') as unknown as Location;
  for (const location of [...exampleLocations, site]) await storeLocation(source, location);
  const tariff = exampleOf('tariff.upserted') as unknown as Tariff;
  for (const one of [...exampleTariffs, tariff]) await storeTariff(source, one);
  await storeSession(source, exampleOf('session.updated') as unknown as Session, site);
  await storeCdr(source, exampleOf('cdr.issued') as unknown as Cdr, site);
}
