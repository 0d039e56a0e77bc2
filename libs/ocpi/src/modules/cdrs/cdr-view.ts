import { type Tariff } from '../tariffs/tariff.js';
import { type TariffView } from '../tariffs/tariff-view.js';
import { type SessionView } from '../sessions/session-view.js';

/** What a CDR rendering needs beside the object. */
export interface CdrView extends SessionView {
  /** How this partner sees a Tariff inside the CDR. */
  tariffView: (tariff: Tariff) => TariffView;
  /** The partner takes `plain_data` above 512 characters although its version says 512 (CDR-47). */
  longPlainData?: boolean;
  /** 2.1.1: a FLAT dimension in the first period of a CDR whose tariffs have a FLAT price (CDR-37). */
  flatDimension?: boolean;
}
