import { fourDecimals } from '../../types/number.js';
import { type WireObject } from '../locations/location-view.js';
import { given, present } from '../locations/wire-object.js';
import { type PriceComponent, type TariffRestrictions } from './tariff.js';

/** A component with its price as sent; FLAT always with a step of 1, whose value means nothing (TAR-49). */
export const wireComponent = (
  component: PriceComponent,
  price: number,
  vat: number | undefined,
): WireObject =>
  present({
    type: component.type,
    price: fourDecimals(price),
    vat: given(vat, fourDecimals),
    step_size: component.type === 'FLAT' ? 1 : component.step_size,
  });

/**
 * The restrictions every version has, in the wire's form, and undefined when none is left. A lone 00:00, or 00:00 to
 * 00:00, means the whole day and is read as never by some, so it is not sent (TAR-20).
 */
export function wireRestrictions(
  restrictions: TariffRestrictions,
  more: WireObject,
): WireObject | undefined {
  const { start_time, end_time } = restrictions;
  const wholeDay = [start_time, end_time].every((time) => time === undefined || time === '00:00');
  const wire = present({
    start_time: wholeDay ? undefined : start_time,
    end_time: wholeDay ? undefined : end_time,
    start_date: restrictions.start_date,
    end_date: restrictions.end_date,
    min_kwh: given(restrictions.min_kwh, fourDecimals),
    max_kwh: given(restrictions.max_kwh, fourDecimals),
    ...more,
    min_duration: restrictions.min_duration,
    max_duration: restrictions.max_duration,
    day_of_week: restrictions.day_of_week,
  });
  return Object.keys(wire).length > 0 ? wire : undefined;
}

export const powerLimits = ({ min_power, max_power }: TariffRestrictions): WireObject => ({
  min_power: given(min_power, fourDecimals),
  max_power: given(max_power, fourDecimals),
});

export const currentLimits = ({ min_current, max_current }: TariffRestrictions): WireObject => ({
  min_current: given(min_current, fourDecimals),
  max_current: given(max_current, fourDecimals),
});
