import { type PartnerProfile } from './knobs.js';

/** Profiles that many partners share; a connection names one and states only what differs from it. */
export const PRESETS: Readonly<Record<string, { doc: string; knobs: Partial<PartnerProfile> }>> = {
  'access-point': {
    doc: 'A national access point: Locations and Tariffs only, complete; no personal data.',
    knobs: {
      acceptedServiceProviders: true,
      sessionsPush: 'off',
      cdrsPush: 'off',
      tokenPull: 'none',
    },
  },
  navigation: {
    doc: 'A navigation provider: Locations and Tariffs only.',
    knobs: { sessionsPush: 'off', cdrsPush: 'off', tokenPull: 'none' },
  },
  'put-only': {
    doc: 'A partner that mishandles PATCH: whole objects by PUT.',
    knobs: { locationsPush: 'put', sessionsVerb: 'put_full' },
  },
  'pull-only': {
    doc: 'A partner that fetches everything itself.',
    knobs: {
      locationsPush: 'pull_only',
      tariffsPush: 'pull_only',
      sessionsPush: 'pull_only',
      cdrsPush: 'pull_only',
      cdrsOwed: false,
    },
  },
  'first-edition': {
    doc: 'A 2.3.0 partner on the first print, with its shorter texts.',
    knobs: { firstEdition: true, plainData512: true },
  },
};
