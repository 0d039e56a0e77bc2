import Table from 'cli-table3';

/** A table of plain text, without colours, so that it can be read, grepped and pasted. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const drawn = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    chars: PLAIN,
  });
  for (const row of rows) drawn.push(row.map(cell));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Names and values below each other; what is undefined is left out. */
export const facts = (rows: readonly (readonly [string, unknown])[]): string => {
  const given = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}`).join('\n');
};

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cell).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** `12 s`, `5 min`, `3 h`, `14 d`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  const unit = UNITS.find(([size]) => seconds >= size);
  return unit ? `${Math.floor(seconds / unit[0])} ${unit[1]}` : `${Math.round(seconds)} s`;
}

/** How long ago an instant was. */
export const ago = (instant: string | null | undefined, now = new Date()): string =>
  instant == null
    ? '-'
    : `${duration(Math.max(0, (now.getTime() - Date.parse(instant)) / 1000))} ago`;

/** How long it is until an instant; `now` once it is there. */
export function until(instant: string | null | undefined, now = new Date()): string {
  if (instant == null) return '-';
  const seconds = (Date.parse(instant) - now.getTime()) / 1000;
  return seconds > 0 ? `in ${duration(seconds)}` : 'now';
}

/** A text on one line of at most so many characters. */
export function short(text: string | null | undefined, most = 60): string {
  const line = (text ?? '').replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
