import { type AdminRole } from './admin-role.js';

/** Somebody whom the admin API has recognised. */
export interface Principal {
  /** As the audit log names it: `key:alice`, `oidc:alice@example.com`. */
  actor: string;
  /** Undefined: signed in with a token that gives no role of ours. */
  role: AdminRole | undefined;
}
