import { type EnergyMix } from '../../types/energy-mix.js';
import { type FieldError } from '../../types/field-error.js';
import { fourDecimals } from '../../types/number.js';

const RENEWABLE: readonly string[] = ['GENERAL_GREEN', 'SOLAR', 'WIND', 'WATER'];

/** An energy mix that contradicts itself (LOC-65, LOC-73); shared by Locations and Tariffs. */
export function energyMixFaults(path: string, mix: EnergyMix): FieldError[] {
  const sources = mix.energy_sources ?? [];
  const faults: FieldError[] = [];
  const sum = fourDecimals(sources.reduce((total, { percentage }) => total + percentage, 0));
  if (sources.length > 0 && sum !== 100) {
    faults.push({ path: `${path}.energy_sources`, message: `percentages sum to ${sum}, not 100` });
  }
  if (!mix.is_green_energy) return faults;
  if (sources.some(({ source, percentage }) => percentage > 0 && !RENEWABLE.includes(source))) {
    faults.push({
      path: `${path}.energy_sources`,
      message: 'is_green_energy true means renewable sources only',
    });
  }
  if ((mix.environ_impact ?? []).some(({ amount }) => amount > 0)) {
    faults.push({
      path: `${path}.environ_impact`,
      message: 'is_green_energy true means no CO2 and no nuclear waste',
    });
  }
  return faults;
}
