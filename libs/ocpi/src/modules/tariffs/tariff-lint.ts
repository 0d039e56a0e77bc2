import Big from 'big.js';
import { type FieldError } from '../../types/field-error.js';
import { netPrice } from './net-price.js';
import { type PriceComponent, type Tariff, TARIFF_DIMENSION_TYPES } from './tariff.js';

/** Legal, but likely to be misread or to cause disputes: for the operator to see, never a reason to refuse. */
export function lintTariff(tariff: Tariff): FieldError[] {
  return [
    ...altTextWarnings(tariff),
    ...limitWarnings(tariff),
    ...fallbackWarnings(tariff),
    ...durationWarnings(tariff),
    ...bandWarnings(tariff),
    ...eachComponent(tariff, (path, component) => componentWarnings(path, component, tariff)),
  ];
}

/** Amounts belong into `elements`, where machines read them (TAR-12). */
const altTextWarnings = ({ tariff_alt_text, currency }: Tariff): FieldError[] =>
  (tariff_alt_text ?? []).flatMap(({ text }, index) =>
    /\d/.test(text) && (/[€£$%]|\d[.,]\d/.test(text) || text.includes(currency))
      ? [{ path: `tariff_alt_text[${index}].text`, message: 'TAR-12: seems to state an amount' }]
      : [],
  );

/** Bounds that contradict each other, or leave the bound after tax open where the tax is known (TAR-13). */
function limitWarnings(tariff: Tariff): FieldError[] {
  const { min_price: min, max_price: max } = tariff;
  const warnings: FieldError[] = [];
  const warn = (path: string, message: string) =>
    warnings.push({ path, message: `TAR-13: ${message}` });
  const taxKnown = tariff.elements.some(({ price_components }) =>
    price_components.some(({ vat }) => vat !== undefined),
  );
  for (const field of ['min_price', 'max_price'] as const) {
    const limit = tariff[field];
    if (!limit) continue;
    if (limit.after_taxes === undefined) {
      if (taxKnown) warn(`${field}.after_taxes`, 'the tax is known, so give this bound too');
    } else if (limit.after_taxes < limit.before_taxes) {
      warn(`${field}.after_taxes`, 'below before_taxes');
    }
  }
  if (!min || !max) return warnings;
  if (min.before_taxes > max.before_taxes) warn('min_price.before_taxes', 'above max_price');
  if ((min.after_taxes ?? 0) > (max.after_taxes ?? Infinity)) {
    warn('min_price.after_taxes', 'above max_price');
  }
  return warnings;
}

/** A dimension billed in steps needs a last component that always applies, 0.00 where it is free (TAR-17). */
function fallbackWarnings({ elements }: Tariff): FieldError[] {
  const session = elements.filter(({ restrictions: r }) => !r?.reservation && !r?.booking);
  return TARIFF_DIMENSION_TYPES.filter((type) => type !== 'FLAT').flatMap((type) => {
    const pricing = session.filter(({ price_components }) =>
      price_components.some((component) => component.type === type),
    );
    const stepped = pricing.some(({ price_components }) =>
      price_components.some((component) => component.type === type && component.step_size > 1),
    );
    const last = pricing.at(-1)?.restrictions;
    const open = last === undefined || Object.keys(last).length === 0;
    return stepped && !open
      ? [{ path: 'elements', message: `TAR-17: ${type} has no unrestricted last component` }]
      : [];
  });
}

/** Does the duration count from the reservation or from the charging? Readers differ (TAR-26). */
function durationWarnings({ elements }: Tariff): FieldError[] {
  if (!elements.some(({ restrictions }) => restrictions?.reservation)) return [];
  return elements.flatMap(({ restrictions: r }, index) =>
    r?.min_duration !== undefined || r?.max_duration !== undefined
      ? [
          {
            path: `elements[${index}].restrictions`,
            message: 'TAR-26: a duration limit in a tariff that prices reservations',
          },
        ]
      : [],
  );
}

/** Bands that nothing can ever lie in. */
const bandWarnings = ({ elements }: Tariff): FieldError[] =>
  elements.flatMap(({ restrictions: r = {} }, index) => {
    const bands: [string, string | number | undefined, string | number | undefined][] = [
      ['kwh', r.min_kwh, r.max_kwh],
      ['current', r.min_current, r.max_current],
      ['power', r.min_power, r.max_power],
      ['duration', r.min_duration, r.max_duration],
      ['date', r.start_date, r.end_date],
    ];
    return bands.flatMap(([name, low, high]) =>
      low !== undefined && high !== undefined && low >= high
        ? [
            {
              path: `elements[${index}].restrictions`,
              message: `TAR-18: never active, its ${name} band is empty`,
            },
          ]
        : [],
    );
  });

function componentWarnings(path: string, component: PriceComponent, tariff: Tariff): FieldError[] {
  const warnings: FieldError[] = [];
  if (component.type !== 'FLAT' && component.step_size !== 1) {
    warnings.push({ path: `${path}.step_size`, message: 'TAR-37: should be 1' });
  }
  if (tariff.tax_included === 'N/A' && component.vat !== undefined) {
    warnings.push({ path: `${path}.vat`, message: 'TAR-38: no tax applies, so it is not sent' });
  }
  if (tariff.tax_included === 'YES' && component.vat !== undefined) {
    const net = new Big(netPrice(component, 'YES', undefined) ?? 0);
    if (!net.round(4).eq(net.round(12))) {
      warnings.push({
        path: `${path}.price`,
        message: 'TAR-40: before 2.3.0 the price without tax is sent rounded to 4 decimals',
      });
    }
  }
  return warnings;
}

const eachComponent = (
  { elements }: Tariff,
  visit: (path: string, component: PriceComponent) => FieldError[],
): FieldError[] =>
  elements.flatMap(({ price_components }, element) =>
    price_components.flatMap((component, index) =>
      visit(`elements[${element}].price_components[${index}]`, component),
    ),
  );
