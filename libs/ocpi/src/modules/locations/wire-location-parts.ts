import { type AdditionalGeoLocation, type GeoLocation } from '../../types/geo-location.js';
import { type BusinessDetails } from '../../types/business-details.js';
import { type DisplayText } from '../../types/display-text.js';
import { reformatDateTime } from '../../types/date-time.js';
import { type EnergyMix, ENVIRONMENTAL_IMPACT_CATEGORIES } from '../../types/energy-mix.js';
import { type Image, IMAGE_CATEGORIES } from '../../types/image.js';
import { coordinate, fourDecimals } from '../../types/number.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import {
  cutAtWord,
  toPrintableAscii,
  withoutControlCharacters,
  withoutMarkup,
} from '../../types/text.js';
import { type ExceptionalPeriod, type Hours, type StatusSchedule } from './location.js';
import { type WireObject } from './location-view.js';
import { given, present } from './wire-object.js';

/** How a rendering writes the small classes inside a Location (T4): decided once per version and view. */
export class LocationParts {
  constructor(
    private readonly version: OcpiVersion,
    private readonly asciiOnly: boolean,
  ) {}

  /** Free text within a length; transliteration may lengthen, hence the cut comes last. */
  text(text: string, maxLength: number): string {
    const clean = withoutControlCharacters(text);
    return cutAtWord(this.asciiOnly ? toPrintableAscii(clean) : clean, maxLength);
  }

  url(url: string): string {
    return this.asciiOnly ? url.replace(/[^\x21-\x7e]+/gu, encodeURIComponent) : url;
  }

  dateTime(text: string): string {
    return reformatDateTime(text, this.version);
  }

  displayText(display: DisplayText): WireObject {
    return {
      language: display.language,
      text: this.text(withoutMarkup(withoutControlCharacters(display.text)), 512),
    };
  }

  geoLocation(point: GeoLocation): WireObject {
    const sixDecimals = this.version === '2.1.1';
    return {
      latitude: coordinate(point.latitude, { sixDecimals, maxLength: 10 }),
      longitude: coordinate(point.longitude, { sixDecimals, maxLength: 11 }),
    };
  }

  additionalGeoLocation(point: AdditionalGeoLocation): WireObject {
    return present({
      ...this.geoLocation(point),
      name: given(point.name, (name) => this.displayText(name)),
    });
  }

  image(image: Image): WireObject {
    const known =
      this.version === '2.3.0' || (IMAGE_CATEGORIES as readonly string[]).includes(image.category);
    return present({
      ...(this.version === '2.3.0' ? image : {}),
      url: this.url(image.url),
      thumbnail: given(image.thumbnail, (url) => this.url(url)),
      category: known ? image.category : 'OTHER',
      type: image.type,
      width: image.width,
      height: image.height,
    });
  }

  businessDetails(details: BusinessDetails): WireObject {
    return present({
      name: this.text(details.name, 100),
      website: given(details.website, (url) => this.url(url)),
      logo: given(details.logo, (logo) => this.image(logo)),
    });
  }

  /** The key of an impact is `category` from 2.2.1 on and `source` before (LOC-65). */
  energyMix(mix: EnergyMix): WireObject {
    const impacts = mix.environ_impact?.filter(
      ({ category }) =>
        this.version === '2.3.0' ||
        (ENVIRONMENTAL_IMPACT_CATEGORIES as readonly string[]).includes(category),
    );
    return present({
      is_green_energy: mix.is_green_energy,
      energy_sources: mix.energy_sources?.map(({ source, percentage }) => ({
        source,
        percentage: fourDecimals(percentage),
      })),
      environ_impact: impacts?.map(({ category, amount }) => ({
        [this.version === '2.1.1' ? 'source' : 'category']: category,
        amount: fourDecimals(amount),
      })),
      supplier_name: given(mix.supplier_name, (name) => this.text(name, 64)),
      energy_product_name: given(mix.energy_product_name, (name) => this.text(name, 64)),
    });
  }

  /** 2.1.1 has a choice: either the flag or the hours (LOC-42). */
  hours(hours: Hours): WireObject {
    const period = (p: ExceptionalPeriod) => ({
      period_begin: this.dateTime(p.period_begin),
      period_end: this.dateTime(p.period_end),
    });
    return present({
      twentyfourseven:
        this.version === '2.1.1' && !hours.twentyfourseven ? undefined : hours.twentyfourseven,
      regular_hours: hours.regular_hours?.map(({ weekday, period_begin, period_end }) => ({
        weekday,
        period_begin,
        period_end,
      })),
      exceptional_openings: hours.exceptional_openings?.map(period),
      exceptional_closings: hours.exceptional_closings?.map(period),
    });
  }

  statusSchedule(schedule: StatusSchedule): WireObject {
    return present({
      period_begin: this.dateTime(schedule.period_begin),
      period_end: given(schedule.period_end, (end) => this.dateTime(end)),
      status: schedule.status,
    });
  }
}
