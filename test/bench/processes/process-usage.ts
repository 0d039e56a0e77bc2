import fs from 'node:fs';

/** CPU seconds that a process has used so far, all its threads; 0 where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number {
  const text = read(`/proc/${pid ?? 0}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks / 100 : 0;
}

/** Resident memory of a process in MB (10^6 bytes); 0 where there is no /proc. */
export function residentMb(pid: number | undefined): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid ?? 0}/status`))?.[1];
  return (Number(kib ?? 0) * 1024) / 1e6;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
