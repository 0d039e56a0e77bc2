/** Known to everyone: refused everywhere but in development, where their use is logged as a warning. */
export const DEVELOPMENT_ADMIN_KEY = 'development-admin-key';
export const DEVELOPMENT_ENCRYPTION_KEY = Buffer.alloc(32, 'development-key!').toString('base64');
