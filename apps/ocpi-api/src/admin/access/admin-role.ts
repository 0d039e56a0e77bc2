/** Each may do what those before it may. */
const ADMIN_ROLES = ['viewer', 'operator', 'admin'] as const;

/**
 * What somebody may do with the admin API. `viewer` reads; `operator` looks after partners; `admin` also decides whom we
 * speak for and who may write.
 */
export type AdminRole = (typeof ADMIN_ROLES)[number];

/** Whether whoever has the one role may do what needs the other. */
export const covers = (role: AdminRole, needed: AdminRole): boolean =>
  ADMIN_ROLES.indexOf(role) >= ADMIN_ROLES.indexOf(needed);

/** The one that may do most; undefined of none. */
export const highestOf = (roles: readonly AdminRole[]): AdminRole | undefined =>
  ADMIN_ROLES.findLast((role) => roles.includes(role));

export const isAdminRole = (text: string | undefined): text is AdminRole =>
  (ADMIN_ROLES as readonly (string | undefined)[]).includes(text);
