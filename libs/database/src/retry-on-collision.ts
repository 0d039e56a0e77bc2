import { isCollision } from './database-faults.js';

const RETRIES = 3;

/** Does a whole transaction again when it met another one; the last collision is thrown, as is any other error. */
export async function retryOnCollision<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt > RETRIES || !isCollision(error)) throw error;
    }
  }
}
