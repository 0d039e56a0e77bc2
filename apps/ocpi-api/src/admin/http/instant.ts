import { ValidateBy } from 'class-validator';

const WRITTEN = /^[1-9]\d{3}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** A field that holds a day, or an instant with its zone. */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isInstant',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && WRITTEN.test(value) && !Number.isNaN(Date.parse(value)),
      },
    },
    { message: 'must be an instant such as 2026-01-01T00:00:00Z' },
  );

/** As the database reads it. */
export const storedInstant = (given: string | undefined): Date | null =>
  given === undefined ? null : new Date(given);
